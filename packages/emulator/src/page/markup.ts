import type { RecordedRequest } from '../server/record.ts';
import type { Exchange } from './exchange.ts';

/** Why an exchange ended as it did, a sentence each, and what would allow it. */
export interface Explanation {
  readonly why: readonly string[];
  readonly fix?: { readonly what: string; readonly document: string };
}

/** What stands in the page for a request: text of others is text there, whatever is in it. */
export function requestMarkup(
  request: RecordedRequest,
  exchange: Exchange | undefined,
  explained?: Explanation,
): string {
  const time = new Date(request.at).toISOString().slice(11, 19);
  const line = `<time>${time}</time> <span class="service">${text(request.service)}</span> `;
  if (!exchange) {
    return (
      `<li class="request"><p>${line}<code>${text(request.method)} ${text(request.path)}</code> ` +
      `<span class="status">${request.status || 'no answer'}</span></p></li>`
    );
  }
  const { allowed, claims, party, wanted, said } = exchange;
  const verdict = allowed ? 'Allowed' : 'Denied';
  return (
    `<li class="exchange ${allowed ? 'is-allowed' : 'is-denied'}"><details${allowed ? '' : ' open'}><summary>${line}` +
    `<strong class="verdict">${verdict}</strong> <span>${text(party)}: ${text(wanted)}</span> <code>${text(claims.sub)}</code></summary>` +
    (said === '' ? '' : `<p class="said">${text(said)}</p>`) +
    (explained && explained.why.length > 0
      ? `<ul class="why">${explained.why.map((one) => `<li>${sentence(one)}</li>`).join('')}</ul>`
      : '') +
    (explained?.fix && !allowed
      ? `<p>${text(explained.fix.what)}</p><pre tabindex="0" class="fix">${text(explained.fix.document)}</pre>`
      : '') +
    `<table><caption>Claims of the ID token</caption><tbody>${rows(claims)}</tbody></table></details></li>`
  );
}

function rows(claims: Readonly<Record<string, unknown>>): string {
  return Object.entries(claims)
    .map(([name, value]) => `<tr><th scope="row">${text(name)}</th><td><code>${text(shown(value))}</code></td></tr>`)
    .join('');
}

/** A sentence with values between backticks. */
const sentence = (one: string) => text(one).replace(/`([^`]*)`/g, '<code>$1</code>');

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const longest = 4_000;

/** Of signs that turn the direction of writing, or are not seen, the code. */
export function text(value: unknown): string {
  return String(value ?? '')
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (one) =>
      one === '\n' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
