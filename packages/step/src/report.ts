import type { FedbridgeError } from '@fedbridge/core';
import type { Host } from './host.ts';
import type { DeliveredIdentity, Outcome } from './outcome.ts';
import { type Remark, remarks } from './remarks.ts';

/** Logs identity, expiry and subject, and warns of deprecations. */
export function logOutcome(host: Host, { identities, exported }: Outcome): void {
  for (const identity of identities) {
    const { presented } = identity;
    const as = presented ? `, for subject ${presented.subject} of ${presented.issuer}` : '';
    host.group(`Identity ${identity.who}${expiry(identity)}${as}.`, [
      ...(presented ? [`audience  ${presented.audience}`] : []),
      `exported  ${exported.join(', ') || 'nothing'}`,
    ]);
  }
  for (const { urgent, text } of remarks(identities, host.system.now())) if (urgent) host.warning(text);
}

/** The same as a person reads it at a glance, in Markdown. */
export function outcomeSummary(title: string, { identities, exported }: Outcome, now: number): string {
  const rows = identities.flatMap((identity) => [
    ['Identity', code(identity.who)],
    ...(identity.expiresAt === undefined
      ? []
      : [['Expires', `${code(iso(identity.expiresAt))}${identity.keptFresh ? ', kept fresh' : ''}`]]),
    ...Object.entries(identity.presented ?? {}).map(([name, value]) => [capital(name), code(value)]),
  ]);
  rows.push(['Exported', exported.map(code).join(', ') || 'nothing']);
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`);
  const notes = remarks(identities, now).map(({ urgent, text }: Remark) => `> ${urgent ? '⚠️ ' : ''}${text}`);
  return [`### ${title}`, '', '| | |', '|---|---|', ...table, '', ...notes.flatMap((note) => [note, ''])].join('\n');
}

/** A failure, in Markdown, with what was presented if that was reached, and with what is to be pasted as a block that can be copied. */
export function failureSummary(title: string, { message, code: reason, detail }: FedbridgeError): string {
  const { presented, answer, hint = '', document, given } = detail;
  const what = given === undefined ? message : message.replace(given, () => 'not valid');
  const rows = Object.entries(presented ?? {}).map(([name, value]) => [capital(name), code(value)]);
  if (answer) rows.push(['Answer', code(answer)]);
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`);
  const hints = hint.split('\n').flatMap((line) => [plain(line), '']);
  return [
    ...[`### ${title}`, '', `❌ ${plain(what)} ${code(reason)}`, ''],
    ...(table.length > 0 ? ['| | |', '|---|---|', ...table, ''] : []),
    ...hints,
    ...(document === undefined ? [] : [fenced(document), '']),
  ].join('\n');
}

const expiry = ({ expiresAt, keptFresh }: DeliveredIdentity) =>
  expiresAt === undefined ? '' : `, expires ${iso(expiresAt)}${keptFresh ? ', kept fresh' : ''}`;
const iso = (ms: number) => new Date(ms).toISOString();
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** A value that stays what it is: a branch's name may hold what Markdown or HTML would take for its own. */
function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z\d .:/@,=+-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Longer than any fence inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return [fence, text, fence].join('\n');
}
