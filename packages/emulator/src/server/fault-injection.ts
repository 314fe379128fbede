import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Fault, Faults } from './faults.ts';
import { bodyText, pathOf } from './record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What becomes of the usual answer. */
    alteration?: AlteredAnswer;
  }
}

/** Has the requests of a service go wrong as the rules say. Hooks call back: a promise for each would be a fifth of the work. */
export function injectFaults(app: FastifyInstance, service: string, faults: Faults): void {
  app.decorateRequest('alteration');
  app.addHook('preHandler', (request, reply, done) => {
    const fault = faults.take({ service, method: request.method, path: pathOf(request), body: bodyText(request) });
    if (!fault) return done();
    if ('contentType' in fault || 'encoding' in fault) {
      request.alteration = fault;
      return done();
    }
    answerWith(fault, reply).then(() => !reply.sent && done(), done);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const fault = request.alteration;
    if (fault && 'contentType' in fault) reply.header('content-type', fault.contentType);
    if (!fault || !('encoding' in fault)) return done(null, payload);
    const bytes = Buffer.from(String(payload), fault.encoding);
    reply.header('content-length', bytes.length);
    done(null, bytes);
  });
}

type AlteredAnswer = Extract<Fault, { readonly contentType: string } | { readonly encoding: string }>;

async function answerWith(fault: Exclude<Fault, AlteredAnswer>, reply: FastifyReply): Promise<void> {
  if ('delayMs' in fault) {
    await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  } else if ('redirect' in fault) {
    await reply.redirect(fault.redirect, 302);
  } else if ('drop' in fault) {
    reply.hijack();
    const { raw } = reply;
    if (fault.drop === 'before-headers') {
      raw.socket?.resetAndDestroy();
      return;
    }
    raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    if (fault.drop === 'after-headers') raw.flushHeaders();
    raw.write(fault.drop === 'mid-body' ? '{"' : '', () => raw.socket?.resetAndDestroy());
  } else if ('dripMs' in fault) {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => raw.write(' '), fault.dripMs);
    raw.on('close', () => clearInterval(drip));
  } else {
    await reply
      .code(fault.status)
      .headers(fault.headers ?? {})
      .send(fault.body ?? '');
  }
}
