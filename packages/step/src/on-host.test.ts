import { FedbridgeError } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../test/harness/memory-host.ts';
import { exportVariables } from './exported-variables.ts';
import type { InputDefinition } from './input.ts';
import { readInputs, type Work, workOnHost } from './on-host.ts';
import { writeSecretFiles } from './secret-files.ts';

/** What becomes of work on a host, in the order in which it does. */
async function done(work: Partial<Work>, inputs: Readonly<Record<string, string>> = {}) {
  const memory = hostWith(inputs);
  const events: string[] = [];
  const summaries: string[] = [];
  const mask = memory.mask.bind(memory);
  memory.mask = (secret) => {
    mask(secret);
    events.push('mask');
  };
  const publish = memory.publish.bind(memory);
  memory.publish = () => {
    publish();
    events.push('publish');
  };
  memory.summary = async (text = '') => {
    events.push('summary');
    summaries.push(text);
  };
  const fail = memory.fail.bind(memory);
  memory.fail = (error) => {
    fail(error);
    events.push('fail');
  };
  await workOnHost(memory, {
    title: 'A step',
    summary: { type: 'boolean', label: 'x', description: 'x', default: true },
    cancelled: new AbortController().signal,
    run: async () => ({ summary: 'all is well', log: () => events.push('log') }),
    close: () => events.push('close'),
    ...work,
  });
  return { memory, events, summary: summaries.join('\n'), error: memory.error };
}

describe('work on a host', () => {
  it('is published before it is told of, and what it kept open is closed last', async () => {
    const { events, summary, error } = await done({ begin: (mask) => mask('a secret') });
    expect(events).toEqual(['mask', 'publish', 'log', 'summary', 'close']);
    expect([summary, error]).toEqual(['all is well', undefined]);
  });

  it('that found something bad has published all the same, and fails then', async () => {
    const failure = new FedbridgeError('CHECK_FAILED', 'Bad.');
    const { events } = await done({ run: async () => ({ summary: '', log: () => {}, failure }) });
    expect(events).toEqual(['publish', 'summary', 'fail', 'close']);
  });

  it('that fails publishes nothing, leaves no file, and does its own clean-up', async () => {
    let cleaned = 0;
    const { memory, events, error } = await done({
      cleanUp: async () => [
        async () => {
          cleaned += 1;
        },
      ],
      run: async ({ host }) => {
        exportVariables(host, { A: 'ours' });
        await writeSecretFiles(host, { token: 'secret' });
        throw new FedbridgeError('EXCHANGE_REFUSED', 'No.');
      },
    });
    expect(events).toEqual(['summary', 'fail', 'close']);
    expect({ delivered: memory.delivered, files: memory.files(), cleaned, code: error?.code }).toEqual({
      delivered: [],
      files: [],
      cleaned: 1,
      code: 'EXCHANGE_REFUSED',
    });
  });

  it('whose log fails has been published, so what it set is put back', async () => {
    const { memory } = await done({
      run: async ({ host }) => {
        exportVariables(host, { A: 'ours' });
        return {
          summary: '',
          log: () => {
            throw new Error('no log');
          },
        };
      },
    });
    expect(memory.delivered).toEqual(['variable A=ours', 'variable A=']);
  });

  it('with an input that cannot be read does not begin', async () => {
    let ran = false;
    const run: Work['run'] = async () => {
      ran = true;
      throw new Error();
    };
    const { error, events } = await done({ run }, { summary: 'perhaps' });
    expect([ran, error?.code, events.includes('close')]).toEqual([false, 'INPUT_INVALID', true]);
  });

  it.each([undefined, new FedbridgeError('UNAVAILABLE', 'Not now.')])(
    'whose user wants no summary has none, whatever becomes of it: %s',
    async (error) => {
      const run: Work['run'] = async () => {
        if (error) throw error;
        return { summary: 'x', log: () => {} };
      };
      expect((await done({ run }, { summary: 'false' })).events).not.toContain('summary');
    },
  );

  it('that was cancelled delivers nothing, and says why', async () => {
    const job = new AbortController();
    const { memory, error } = await done({
      cancelled: job.signal,
      run: async ({ host }) => {
        host.setOutput('x', 'y');
        job.abort(new FedbridgeError('CANCELLED', 'The job was cancelled.'));
        await new Promise(() => {});
        throw new Error();
      },
    });
    expect([memory.delivered, error?.code]).toEqual([[], 'CANCELLED']);
  });
});

describe('a secret', () => {
  const secret = 'eyJhbGciOiJub25lIn0-the-secret-that-was-sent';

  it('that was masked is in nothing that is told of a failure, nor are pieces of it, nor it encoded', async () => {
    const shown = [secret, secret.slice(3, 30), Buffer.from(secret).toString('base64'), encodeURIComponent(secret)];
    const text = shown.join(' ');
    const run: Work['run'] = async ({ mask }) => {
      mask(secret);
      throw new FedbridgeError('EXCHANGE_REFUSED', `No: ${text}`, {
        ...{ answer: text, hint: text, document: text },
        presented: { issuer: text, subject: text, audience: text },
      });
    };
    const { error, summary } = await done({ run });
    const told = JSON.stringify([error?.message, error?.detail, summary]);
    for (const one of shown) expect(told).not.toContain(one);
    expect(told.match(/\*\*\*/g)?.length).toBeGreaterThan(14);
  });

  it('is not in a summary of what went well', async () => {
    const run: Work['run'] = async ({ mask }) => {
      mask(secret);
      return { summary: `Got ${secret}.`, log: () => {} };
    };
    expect((await done({ run })).summary).toBe('Got ***.');
  });

  it('in an error that nobody foresaw is not told either', async () => {
    const run: Work['run'] = () => Promise.reject(new Error(secret));
    const { error, summary } = await done({ run });
    expect(error?.code).toBe('INTERNAL');
    expect(`${error?.message}${error?.detail.hint}${summary}`).not.toContain(secret);
  });
});

it('a summary that cannot be written is a warning, and no failure', async () => {
  const memory = hostWith();
  memory.summary = () => Promise.reject(new FedbridgeError('DELIVERY_FAILED', 'No room.'));
  await workOnHost(memory, {
    title: 'x',
    summary: { type: 'boolean', label: 'x', description: 'x', default: true },
    cancelled: new AbortController().signal,
    run: async () => ({ summary: '', log: () => {} }),
  });
  expect([memory.error, memory.said]).toEqual([undefined, ["The job's summary is not complete. No room."]]);
});

it('an input of the other platform is not read, whoever gives it', () => {
  const base = { type: 'text', label: 'x', description: 'x' } as const;
  const definitions = { both: base, theirs: { ...base, only: 'azure-pipelines' } } satisfies Record<
    string,
    InputDefinition
  >;
  const memory = hostWith({ both: 'a', theirs: 'b' });
  expect(readInputs(definitions, memory)).toEqual({ both: 'a', theirs: undefined });
});
