import { FedbridgeError, inert, oneInertLine, parseLines, parsePairs, realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import type { Host } from './host.ts';
import type { DeliveredIdentity } from './outcome.ts';
import { failureSummary, logOutcome, outcomeSummary } from './report.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const presented = { issuer: 'https://i', subject: 'repo:octo/app:ref:refs/heads/main', audience: 'sts.amazonaws.com' };
const role: DeliveredIdentity = { who: 'arn:aws:sts::1:assumed-role/deploy/x', expiresAt: now + 3_600_000, presented };

function logged(identities: readonly DeliveredIdentity[], exported: readonly string[] = ['A', 'B']): string[] {
  const lines: string[] = [];
  const host = {
    system: { ...realSystem({}), now: () => now },
    group: (title: string, inside: readonly string[]) => lines.push(title, ...inside),
    warning: (text: string) => lines.push(`warning ${text}`),
  } as unknown as Host;
  logOutcome(host, { identities, exported });
  return lines;
}

describe('the log', () => {
  it('has identity, expiry, subject, issuer, audience, and what was exported', () => {
    expect(logged([role])).toEqual([
      `Identity ${role.who}, expires 2026-11-21T11:00:00.000Z, for subject ${presented.subject} of https://i.`,
      'audience  sts.amazonaws.com',
      'exported  A, B',
    ]);
    expect(logged([{ ...role, keptFresh: true }])[0]).toContain(
      'expires 2026-11-21T11:00:00.000Z, kept fresh, for subject ',
    );
    expect(logged([{ who: 'me', expiresAt: undefined, presented: undefined }], [])).toEqual([
      'Identity me.',
      'exported  nothing',
    ]);
  });

  it('warns of what has a date, once, and of nothing else', () => {
    const connection = { ...role, presented: { ...presented, subject: 'sc://contoso/web/azure' } };
    const pipeline = { ...role, presented: { ...presented, subject: 'p://contoso/web/release' } };
    const warnings = (...identities: DeliveredIdentity[]) =>
      logged(identities).filter((line) => line.startsWith('warning'));
    expect(warnings(connection, connection)).toEqual([expect.stringContaining('which stops on 2027-07-01')]);
    expect(warnings(pipeline, role)).toEqual([]);
  });
});

describe('the summary', () => {
  it('has the same in a table, and what the owner should know below it', () => {
    expect(outcomeSummary('AWS', { identities: [role], exported: ['A', 'B'] }, now)).toBe(
      [
        ...['### AWS', '', '| | |', '|---|---|'],
        '| Identity | <code>arn:aws:sts::1:assumed-role/deploy/x</code> |',
        '| Expires | <code>2026-11-21T11:00:00.000Z</code> |',
        '| Issuer | <code>https://i</code> |',
        '| Subject | <code>repo:octo/app:ref:refs/heads/main</code> |',
        '| Audience | <code>sts.amazonaws.com</code> |',
        '| Exported | <code>A</code>, <code>B</code> |',
        '',
        "> The subject holds names that can be given to others once renamed or deleted. GitHub's immutable subjects hold ids as well: allow that form in the trust policy (AWS) or a federated credential (Entra), then switch it on.",
        '',
      ].join('\n'),
    );
    const kept = { who: 'a_b', expiresAt: now, keptFresh: true, presented: undefined };
    const text = outcomeSummary('x', { identities: [kept], exported: [] }, now);
    expect(text).toContain(
      '| Identity | <code>a&#95;b</code> |\n| Expires | <code>2026-11-21T10:00:00.000Z</code>, kept fresh |',
    );
    expect(text).toContain('| Exported | nothing |');
    expect(outcomeSummary('x', { identities: [{ ...kept, expiresAt: undefined }], exported: [] }, now)).not.toContain(
      'Until',
    );
  });

  const notes = (identity: Partial<DeliveredIdentity>) =>
    outcomeSummary('x', { identities: [{ ...role, ...identity }], exported: [] }, now)
      .split('\n')
      .filter((line) => line.startsWith('>'));
  it.each([
    ['sc://contoso/web/azure', ['> ⚠️ This service connection uses the Azure DevOps issuer']],
    [
      'p://contoso/web/release',
      [
        "> The Azure DevOps issuer stops for service connections on 2027-07-01. Nothing is announced for a pipeline's own",
      ],
    ],
    ['repo:octo/app:pull_request', ['> The subject holds names']],
    ['repo:octo@1/app@2:pull_request', []],
    ['x repo:octo/app:pull_request', []],
    ['/eid1/c/pub', []],
  ])('of %s notes %j', (subject, begins) => {
    const found = notes({ presented: { ...presented, subject } });
    expect(found).toEqual(begins.map((begin) => expect.stringContaining(begin)));
  });

  it('notes nothing that does not concern the cloud or the server', () => {
    const ofGovernment = { subject: 'sc://contoso/web/azure', audience: 'api://AzureADTokenExchangeUSGov' };
    expect(notes({ presented: { ...presented, ...ofGovernment } })).toEqual([]);
    expect(notes({ presented: { ...presented, issuer: 'https://github.example.com/_services/token' } })).toEqual([]);
  });

  it('notes a session that lives for half a day', () => {
    const subject = '/eid1/c/pub';
    const long = (hours: number) => notes({ expiresAt: now + hours * 3_600_000, presented: { ...presented, subject } });
    expect(long(11.5)).toEqual([]);
    expect(long(11.51)).toEqual([expect.stringContaining('This session lives for twelve hours')]);
  });

  it('of a denial has what is to be pasted in a block that nothing inside ends', () => {
    const error = new FedbridgeError('EXCHANGE_REFUSED', 'No <b>.', {
      presented,
      answer: 'AADSTS1',
      hint: 'Do *this*.\nThen that.',
      document: 'a ````` b',
    });
    expect(failureSummary('AWS', error)).toBe(
      [
        ...['### AWS', '', '❌ No &#60;b&#62;. <code>EXCHANGE&#95;REFUSED</code>', '', '| | |', '|---|---|'],
        '| Issuer | <code>https://i</code> |',
        '| Subject | <code>repo:octo/app:ref:refs/heads/main</code> |',
        '| Audience | <code>sts.amazonaws.com</code> |',
        '| Answer | <code>AADSTS1</code> |',
        ...['', 'Do &#42;this&#42;.', '', 'Then that.', ''],
        ...['``````', 'a ````` b', '``````', ''],
      ].join('\n'),
    );
    const short = failureSummary('x', new FedbridgeError('INTERNAL', 'No.', { document: 'd' }));
    expect(short).toContain('```\nd\n```');
    expect(failureSummary('x', new FedbridgeError('INTERNAL', 'No.'))).not.toMatch(/```|Answer|Issuer/);
  });
});

describe('names and lines', () => {
  it('are written as each platform does', () => {
    expect(inert('##vso[task]x ##[error]y ##VSO[z')).toBe('# #vso[task]x # #[error]y # #VSO[z');
    expect(oneInertLine('a\r\n\u2028b\n##[x')).toBe('a b # #[x');
    expect(oneInertLine('::add-mask::x')).toBe(': :add-mask::x');
    expect(oneInertLine('  ::set')).toBe('  : :set');
    expect(oneInertLine('a ::b')).toBe('a ::b');
  });

  it('are read as users write them', () => {
    expect(parseLines(' a \r\n\n b')).toEqual(['a', 'b']);
    expect([...parsePairs('a = 1\n b= x = y ')]).toEqual([
      ['a', '1'],
      ['b', 'x = y'],
    ]);
    for (const [text, message] of [
      ['a', 'expected "name = value" on each line, not "a".'],
      ['= 1', 'not "= 1"'],
      ['a =', 'not "a ="'],
      ['a = 1\na = 2', '"a" comes twice.'],
    ] as const)
      expect(() => parsePairs(text)).toThrow(message);
  });
});
