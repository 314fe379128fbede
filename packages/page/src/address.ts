import { base64Url, fromBase64Url } from './engine/base64-url.ts';
import { decodings, holdsToken } from './engine/hidden-token.ts';
import { isClaims } from './engine/token.ts';

/** What an address carries: documents and who is ours, never a token. */
export interface Shared {
  readonly view: 'check' | 'compare' | 'write';
  readonly text: string;
  readonly before: string;
  readonly mine: string;
}

/** Why no address is made. */
export const noToken = 'A token stands in the document. Take it out: an address must not carry one.';

/** In characters: programs through which people send addresses cut longer ones. */
export const longestFragment = 100_000;

/** In characters, of all documents: what is longer does not become short enough, and looking for a token in it would take a while. */
export const longestShared = 2_000_000;

/** Whether a text may stand in an address. */
export function isShareable(text: string): boolean {
  return !holdsToken(text) && !decodings(text).some(isClaims);
}

/** The version, and what is carried, compressed. */
const form = /^#1\.([\w-]+)$/;
/** In characters, of all that an address carries. */
const mostCharacters = 4 * 1024 * 1024;

/** The fragment of an address that carries a document. */
export async function fragmentOf({ view, text, before, mine }: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify({ view, text, before, mine }));
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return `#1.${base64Url(new Uint8Array(await new Response(packed).arrayBuffer()))}`;
}

/** What an address carries; undefined for one that carries nothing that can be read. A few letters can stand for any length: it ends there. */
export async function sharedIn(fragment: string): Promise<Shared | undefined> {
  const [, data] = form.exec(fragment) ?? [];
  if (data === undefined) return undefined;
  try {
    const packed = new Blob([fromBase64Url(data)]).stream();
    const reader = packed
      .pipeThrough(new DecompressionStream('deflate-raw'))
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let json = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      json += part.value;
      if (json.length > mostCharacters) {
        await reader.cancel();
        return undefined;
      }
    }
    return sharedOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function sharedOf(value: unknown): Shared | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { view, text, before, mine } = value as Readonly<Record<string, unknown>>;
  const textOf = (one: unknown) => (typeof one === 'string' ? one : '');
  return {
    view: view === 'compare' || view === 'write' ? view : 'check',
    text: textOf(text),
    before: textOf(before),
    mine: textOf(mine),
  };
}
