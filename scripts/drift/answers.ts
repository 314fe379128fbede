import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from './compare.ts';
import { releaseOf } from './facts.ts';

/** Answers of some hundred kB are known; more is not what was asked for. */
const mostBytes = 4_000_000;
/** In ms, of a request. */
const timeout = 30_000;

/** The answers as they lie in a folder, each at the path of its stored copy. */
export function answersFrom(folder: string): (source: Source) => Promise<string> {
  return async ({ copy }) => readFileSync(join(folder, copy), 'utf8');
}

/** The answers of the vendors themselves, each URL asked once. No request has a token. */
export function answersOfVendors(request: typeof fetch): (source: Source) => Promise<string> {
  const asked = new Map<string, Promise<string>>();
  const once = (url: string, answerOf: (answer: Response) => Promise<string> | string) => {
    const answer = asked.get(url) ?? ask(request, url).then(answerOf);
    asked.set(url, answer);
    return answer;
  };
  return async ({ address }) => {
    if ('url' in address) return once(address.url, textOf);
    const release = await once(`https://github.com/${address.newestRelease}/releases/latest`, locationOf);
    if (address.file === undefined) return `${release}\n`;
    const [tag = ''] = releaseOf(release);
    return once(`https://raw.githubusercontent.com/${address.newestRelease}/${tag}/${address.file}`, textOf);
  };
}

async function ask(request: typeof fetch, url: string): Promise<Response> {
  try {
    return await request(url, { redirect: 'manual', signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause: error });
  }
}

async function textOf(answer: Response): Promise<string> {
  if (answer.status !== 200) throw new Error(`status ${answer.status} instead of 200`);
  const text = await answer.text();
  if (text.length > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
  return text.replaceAll('\r\n', '\n');
}

function locationOf(answer: Response): string {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`status ${answer.status} without a location`);
  return location;
}
