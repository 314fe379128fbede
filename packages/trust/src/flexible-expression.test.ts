import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyFederatedCredential,
  claimTestsOf,
  explainMatch,
  lintFederatedCredentials,
  matchFederatedCredential,
  migrateFederatedCredentials,
  parseExpression,
  readFederatedCredential,
} from './index.ts';

const hub = 'https://token.actions.githubusercontent.com';
const sub = "claims['sub'] matches 'repo:octo@65001/app@724113:*'";
const id = "claims['repository_id'] eq '724113'";

describe('An expression', () => {
  it('is read to its tests', () => {
    expect(parseExpression(`${sub} and ${id}`)).toEqual([
      { claim: 'sub', operator: 'matches', comparand: 'repo:octo@65001/app@724113:*' },
      { claim: 'repository_id', operator: 'eq', comparand: '724113' },
    ]);
    expect(parseExpression("claims['sub'] eq 'it''s ''x'''")).toMatchObject([{ comparand: "it's 'x'" }]);
    expect(parseExpression("claims['sub'] eq ''")).toMatchObject([{ comparand: '' }]);
    expect(parseExpression("claims['sub'] eq ' and claims[]'")).toMatchObject([{ comparand: ' and claims[]' }]);
  });

  it.each([
    ['', 1, "claims['<name>'] is expected here, with straight quotes"],
    ['claims[‘sub’] eq ‘a’', 1, "claims['<name>'] is expected here, with straight quotes"],
    ['repo:octo/app:*', 1, "claims['<name>'] is expected here, with straight quotes"],
    ["claims[''] eq 'a'", 9, 'the name of a claim is expected here'],
    ["claims['sub']  eq 'a'", 15, 'eq or matches is expected here'],
    ["claims['sub']eq 'a'", 12, "'] and one space are expected here"],
    ["claims['sub'] like 'a'", 15, 'eq or matches is expected here'],
    ["claims['sub'] EQ 'a'", 15, 'eq or matches is expected here'],
    ["claims['sub'] eq  'a'", 17, 'one space and a straight quote are expected here'],
    ['claims[\'sub\'] eq "a"', 17, 'one space and a straight quote are expected here'],
    ["claims['sub'] eq 'a", 19, 'the text that begins here does not end'],
    ["claims['sub'] eq 'a''", 22, 'the text that begins here does not end'],
    ["claims['sub'] eq 'a'.", 21, 'the end or " and " is expected here'],
    ["claims['sub'] eq 'a' or claims['sub'] eq 'b'", 21, 'the end or " and " is expected here'],
    ["claims['sub'] eq 'a' and ", 26, "claims['<name>'] is expected here, with straight quotes"],
    [" claims['sub'] eq 'a'", 1, "claims['<name>'] is expected here, with straight quotes"],
  ])('%j is none: column %i, %s', (text, column, what) => {
    expect(() => parseExpression(text)).toThrow(
      expect.objectContaining({ name: 'ExpressionSyntaxError', column, message: `column ${column}: ${what}` }),
    );
  });

  it('is read as it was written', () => {
    const test = fc.record({
      claim: fc.constantFrom('sub', 'job_workflow_ref', 'a-b.c/d'),
      operator: fc.constantFrom('eq' as const, 'matches' as const),
      comparand: fc.string({ unit: fc.constantFrom('a', "'", ' ', '*', "' and ", ']') }),
    });
    fc.assert(
      fc.property(fc.array(test, { minLength: 1, maxLength: 4 }), (tests) => {
        const text = tests
          .map(
            ({ claim, operator, comparand }) => `claims['${claim}'] ${operator} '${comparand.replaceAll("'", "''")}'`,
          )
          .join(' and ');
        expect(parseExpression(text)).toEqual(tests);
      }),
    );
  });
});

describe('What an issuer may have tested', () => {
  const gitLab = "claims['sub'] matches 'project_path:acme/web:*'";
  const byId = "claims['sub'] matches 'project_id:57382910:*'";
  const project = "claims['project_id'] eq '57382910'";
  const problem = (issuer: string, value: string, languageVersion = 1) =>
    claimTestsOf({ value, languageVersion }, issuer).problem;

  it.each([
    [hub, `${sub} and ${id}`],
    [hub, `${id} and ${sub}`],
    [hub, `claims['sub'] eq 's' and claims['repository_owner_id'] eq '1' and claims['job_workflow_ref'] matches '*'`],
    ['http://127.0.0.1:1234', `${sub} and ${id}`],
    ['https://gitlab.com', `${gitLab} and ${project}`],
    ['https://gitlab.com', `${byId} and claims['namespace_id'] eq '9'`],
    ['https://gitlab.com', `${byId} and claims['user_id'] eq '5'`],
    ['https://gitlab.example.com', `${gitLab} and ${project}`],
    ['https://gitlab.example.ca', `${byId} and ${project}`],
    ['https://app.terraform.io', "claims['sub'] matches 'organization:acme:*'"],
    ['https://app.eu.terraform.io', "claims['sub'] eq 'organization:acme:project:p:workspace:w:run_phase:plan'"],
  ])('%s: %s', (issuer, value) => expect(problem(issuer, value)).toBeUndefined());

  it.each([
    [hub, sub, 'it must test repository_id or repository_owner_id too'],
    [hub, id, 'it must test sub too'],
    [hub, `${sub} and claims['repository_id'] matches '7*'`, 'the claim repository_id is tested with eq alone'],
    [
      hub,
      `${sub} and ${id} and claims['actor'] eq 'a'`,
      'the claim actor is none that an expression of this issuer may test',
    ],
    [hub, `${sub} and ${id} and claims['toString'] eq 'a'`, 'the claim toString is none'],
    [`${hub}/acme`, `${sub} and ${id}`, 'there are no expressions for the issuer'],
    ['https://token.actions.acme.ghe.com', `${sub} and ${id}`, 'there are no expressions for the issuer'],
    ['https://gitlab.com', gitLab, 'it must test project_id or namespace_id or user_id too'],
    ['https://gitlab.com', byId, 'it must test project_id or namespace_id or user_id too'],
    ['https://gitlab.com', `${gitLab} and claims['project_id'] matches '5*'`, 'the claim project_id is tested with eq'],
    ['https://gitlab.com', `${gitLab} and ${project} and claims['ref'] eq 'main'`, 'the claim ref is none'],
    ['https://git.example.org', `${gitLab} and ${project}`, 'there are no expressions for the issuer'],
    ['https://tfe.example.com', "claims['sub'] eq 'organization:acme'", 'there are no expressions for the issuer'],
    ['https://agent.buildkite.com', "claims['sub'] eq 'organization:acme'", 'there are no expressions for the issuer'],
    ['https://ghe.example.com/_services/token', `${sub} and ${id}`, 'there are no expressions for the issuer'],
    [`${hub}.evil.example`, `${sub} and ${id}`, 'there are no expressions for the issuer'],
    ['https://idp.example.com', "claims['sub'] eq 'a'", 'there are no expressions for the issuer'],
    [hub, 'sub', 'column 1: '],
  ])('%s, %s: %s', (issuer, value, text) => expect(problem(issuer, value)).toContain(text));

  it('is of the first version of the language', () => {
    expect(problem(hub, `${sub} and ${id}`, 2)).toBe('its languageVersion is 2, not 1');
  });
});

describe('A flexible credential', () => {
  const audiences = ['api://AzureADTokenExchange'];
  const flexible = (value: string, issuer = hub) =>
    ({ name: 'flexible', issuer, audiences, claimsMatchingExpression: { value, languageVersion: 1 } }) as const;
  const exact = { name: 'exact', issuer: hub, subject: 'repo:octo/app:pull_request', audiences };
  const assertion = (subject: string, claims: object = { repository_id: '724113' }, audience = audiences[0] ?? '') => ({
    ...{ issuer: hub, subject, audience, claims: { sub: subject, ...claims } },
  });
  const main = 'repo:octo@65001/app@724113:ref:refs/heads/main';
  const told = (all: readonly AnyFederatedCredential[], one: ReturnType<typeof assertion>) =>
    explainMatch(matchFederatedCredential(all, one), all, one);

  it('matches what its expression says, beside exact ones', () => {
    const all = [exact, flexible(`${sub} and ${id}`)];
    expect(matchFederatedCredential(all, assertion(main))).toEqual({ matched: all[1] });
    expect(matchFederatedCredential(all, assertion(main, { repository_id: 724113 }))).toEqual({ matched: all[1] });
    expect(matchFederatedCredential(all, assertion(exact.subject))).toEqual({ matched: exact });
    expect(told(all, assertion(main))).toEqual(['Credential "flexible" fits.']);
    expect(matchFederatedCredential(all, assertion(main, {}, 'api://other'))).toEqual({ differs: 'subject' });
    expect(matchFederatedCredential(all, assertion(main, undefined, 'api://other'))).toEqual({ differs: 'audience' });
  });

  it('without claims is asked about the subject alone', () => {
    const one = flexible("claims['sub'] matches 'organization:acme:*'", 'https://app.terraform.io');
    const asked = { issuer: 'https://app.terraform.io', audience: audiences[0] ?? '' };
    expect(
      matchFederatedCredential([one], { ...asked, subject: 'organization:acme:project:p:workspace:w:run_phase:plan' }),
    ).toEqual({ matched: one });
    expect(matchFederatedCredential([one], { ...asked, subject: 'organization:evil:project:p' })).toEqual({
      differs: 'subject',
    });
  });

  it.each([
    [
      `${sub} and ${id}`,
      assertion(main, { repository_id: '7' }),
      'the claim repository_id is `7`, its expression wants `724113`.',
    ],
    [`${sub} and ${id}`, assertion(main, {}), 'the claim repository_id is not there, its expression wants `724113`.'],
    [`${sub} and ${id}`, assertion(main, { repository_id: ['724113'] }), 'the claim repository_id is not there'],
    [
      `${sub} and ${id}`,
      assertion('repo:evil@1/app@724113:pull_request'),
      'the claim sub is `repo:evil@1/app@724113:pull_request`, its expression wants a match of `repo:octo@65001/app@724113:*`',
    ],
    [
      `${sub} and ${id}`,
      assertion(main, undefined, 'b'),
      'the audience is `b`, it wants `api://AzureADTokenExchange`.',
    ],
    [sub, assertion(main), 'Entra rejects its expression: it must test repository_id or repository_owner_id too.'],
    ['sub', assertion(main), "Entra rejects its expression: column 1: claims['<name>'] is expected here"],
  ])('%s is explained', (value, one, text) => {
    expect(told([flexible(value)], one)[0]).toContain(`Credential "flexible" does not fit: ${text}`);
  });

  it('is read as Graph and Azure Resource Manager have it', () => {
    const { claimsMatchingExpression } = flexible(sub);
    const own = { name: 'a', issuer: hub, audiences, claimsMatchingExpression };
    for (const document of [
      own,
      { ...own, subject: null },
      { name: 'a', properties: { ...own, name: undefined, subject: '' } },
    ])
      expect(readFederatedCredential(document)).toMatchObject({ issuer: hub, audiences, claimsMatchingExpression });
    expect(readFederatedCredential({ ...own, name: undefined })?.name).toBe(sub);
    const neither = [
      { subject: 's' },
      { claimsMatchingExpression: { value: sub } },
      { claimsMatchingExpression: sub },
      { claimsMatchingExpression: null },
    ];
    for (const change of neither) expect(readFederatedCredential({ ...own, ...change })).toBeUndefined();
    expect(readFederatedCredential({ ...exact, claimsMatchingExpression: null })).toEqual(exact);
  });

  it('is a note at most, unless Entra would not take it', () => {
    expect(lintFederatedCredentials([{ ...flexible(`${sub} and ${id}`), subject: null }])).toMatchObject([
      { rule: 'entra/whole-repository', severity: 'note' },
    ]);
    expect(lintFederatedCredentials([flexible(sub)])).toMatchObject([{ rule: 'entra/malformed', where: 'flexible' }]);
  });

  it('stays where a migration passes by', () => {
    const all = [flexible(`${sub} and ${id}`)];
    const migration = {
      kind: 'immutable-subjects',
      owner: 'octo',
      ownerId: '65001',
      repository: 'app',
      repositoryId: '724113',
    } as const;
    expect(migrateFederatedCredentials(all, migration, false).document).toEqual(all);
  });
});
