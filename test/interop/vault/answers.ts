import type { Emulator } from '@fedbridge/emulator';
import { pipelineJob } from '../../harness/setup.ts';
import { gitHubToken } from '../../harness/tokens.ts';
import { audience, cases, logIn, type World } from './cases.ts';

/** What a Vault answers to each case, as text, without what differs from call to call. @param url - of the Vault */
export async function answersOf(emulator: Emulator, url: string): Promise<string> {
  const world = worldOf(emulator, url);
  const lines: string[] = [];
  for (const [title, asks] of cases) {
    for (const one of [await asks(world)].flat()) {
      const { status, body } = await world.ask(one);
      const answer = body === undefined ? '' : ` ${JSON.stringify(steady(body))}`;
      lines.push(`${title}: ${one.method ?? 'POST'} ${one.path}`, `  ${status}${answer}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** @param url - of the Vault that is asked */
function worldOf(emulator: Emulator, url: string): World {
  const world: World = {
    async idToken(job = {}, aud = audience) {
      return gitHubToken(emulator.startGitHubJob(job).environment, aud);
    },
    async pipelineToken(job = {}) {
      const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, ...job });
      const uri = `${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1`;
      const headers = {
        authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}`,
      };
      return ((await (await fetch(uri, { method: 'POST', headers })).json()) as { oidcToken: string }).oidcToken;
    },
    async token(role = 'ci') {
      const { body } = await world.ask(logIn(await world.idToken(), role));
      return (body as { auth: { client_token: string } }).auth.client_token;
    },
    async ask({ method = 'POST', path, headers = {}, body }) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const given =
        text === undefined ? { headers } : { headers: { 'content-type': 'application/json', ...headers }, body: text };
      const answer = await fetch(`${url}/v1/${path}`, { method, redirect: 'manual', ...given });
      const got = await answer.text();
      return { status: answer.status, body: got === '' ? undefined : JSON.parse(got) };
    },
  };
  return world;
}

/** What differs from call to call, by its kind. */
function steady(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => steady(one));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((one) => [one, steady((value as Record<string, unknown>)[one], one)]),
    );
  }
  if (typeof value === 'string') {
    if (/^hv[sb]\.[\w-]+$/.test(value)) return `<${value.slice(0, 3)} token>`;
    if (name === 'accessor' && value !== '') return '<accessor>';
    if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value)) return '<uuid>';
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return '<time>';
    return value.replace(/(failed to parse JSON input): .*/, '$1').replace(/https?:\/\/[\w.:]+/g, '<origin>');
  }
  if (typeof value === 'number' && /_time$/.test(name)) return '<time>';
  // A second may pass.
  if (typeof value === 'number' && /^(ttl|lease_duration)$/.test(name) && value > 50) return Math.ceil(value / 60) * 60;
  return value;
}
