/**
 * Tests as well:
 * - packages/cli/src/commands/trust/diff.ts
 * - packages/cli/src/commands/trust/who.ts
 */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'who-'));
const hub = 'token.actions.githubusercontent.com';

const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const allow = (conditions: object) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
});
const audience = { [`${hub}:aud`]: 'sts.amazonaws.com' };
const like = (subject: string | readonly string[]) =>
  policy(allow({ StringEquals: audience, StringLike: { [`${hub}:sub`]: subject } }));

const fedbridge = (...args: readonly string[]) => runCommand(['trust', ...args], {}, folder);

function file(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

describe('fedbridge trust who', () => {
  it.each([
    ['only ours', like('repo:octo/*'), 0, 'Only what you named as yours is allowed.', undefined],
    [
      'whoever calls himself so',
      like('repo:octo*/app:*'),
      3,
      'Anybody with an account at GitHub Actions is allowed.',
      'octo',
    ],
    ['another by name', like(['repo:octo/app:*', 'repo:evil/app:*']), 3, 'evil at GitHub Actions is allowed.', 'evil'],
    [
      'nobody, since the key is never filled',
      policy(allow({ StringEquals: { ...audience, [`${hub}:repository_visibility`]: 'private' } })),
      0,
      'Nobody is allowed.',
      undefined,
    ],
  ])('says who: %s', async (_, document, exitCode, sentence, owner) => {
    const path = file('policy.json', document);
    const told = await fedbridge('who', path, '--mine', 'github:octo');
    expect(told).toMatchObject({ exitCode, stderr: '' });
    expect(told.stdout.split('\n')[0]).toBe(sentence);
    const { stdout } = await fedbridge('who', path, '--mine', 'github:octo', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, sentence, exact: true });
    const { stdout: token } = await fedbridge('who', path, '--mine', 'github:octo', '--token');
    if (owner === undefined) return;
    const claims = JSON.parse(token);
    expect(claims.repository_owner).toMatch(new RegExp(`^${owner}`));
    // What it says is true: the token is allowed.
    const tested = await fedbridge('test', path, '--claims', file('claims.json', claims));
    expect(tested).toMatchObject({ exitCode: 0 });
  });

  it('tells an id that is none, and is not silent about it', async () => {
    const { exitCode, stdout, stderr } = await fedbridge('who', file('a.json', like('*')), '--mine', 'github:acme@x');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('"github:acme@x": the id of github is a number, not "x".');
  });

  it('tells an owner that is none', async () => {
    const { exitCode, stderr } = await fedbridge('who', file('policy.json', like('*')), '--mine', 'octo');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('github:octo') });
  });

  it('names the key that is never filled', async () => {
    const document = policy(allow({ StringEquals: { ...audience, [`${hub}:repository_owner`]: 'octo' } }));
    const { stdout } = await fedbridge('who', file('never.json', document));
    expect(stdout).toContain(`STS never fills ${hub}:repository_owner.`);
  });

  it('says no more than "trust test" of a denial of which it is not documented whom it is of', async () => {
    const denial = {
      Effect: 'Deny',
      NotPrincipal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'sts:AssumeRoleWithWebIdentity',
    };
    const { Statement } = like('repo:octo/app:*');
    const path = file('undocumented.json', policy(...Statement, denial));
    const claims = { iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub: 'repo:octo/app:ref:refs/heads/main' };
    const who = await fedbridge('who', path);
    expect(who.stdout).toContain('At most');
    expect(who.stdout).toContain('not read: StringEquals NotPrincipal.AWS arn:aws:iam::123456789012:root');
    const told = await fedbridge('test', path, '--claims', file('undecided.json', claims));
    expect(told).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(/^Not decided\.\nStatement 2 may deny it: /),
    });
    const json = await fedbridge('test', path, '--claims', file('undecided.json', claims), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ allowed: null });
  });

  it('says which document it could not read, and tells of the others', async () => {
    const good = file('good.json', like('repo:octo/app:*'));
    const bad = file(
      'bad.json',
      policy({ Effect: 'Allow', Principal: '*', Action: '*', Condition: { Nope: { a: 'b' } } }),
    );
    const told = await fedbridge('who', good, bad, '--mine', 'github:octo');
    expect(told.exitCode).toBe(2);
    expect(told.stdout).toContain('the condition operator Nope is not known');
    expect(told.stdout.split('\n')[0]).toMatch(/^Only what .* Of what was not read nothing is known\.$/);
  });
});

describe('fedbridge trust diff', () => {
  it('says who is new and who no longer is allowed, each with an example', async () => {
    const before = file('before.json', like(['repo:octo/app:*', 'repo:octo/web:ref:refs/heads/main']));
    const after = file('after.json', like(['repo:octo/app:ref:refs/heads/*', 'repo:evil/app:*']));
    const { exitCode, stdout } = await fedbridge('diff', before, after, '--mine', 'github:octo', '--json');
    const { gained, lost } = JSON.parse(stdout);
    expect(exitCode).toBe(3);
    expect(gained).toEqual([expect.objectContaining({ reach: 'named others', owners: ['evil'], exact: true })]);
    expect(lost).toEqual([expect.objectContaining({ reach: 'only mine', exact: true })]);
    const same = await fedbridge('diff', before, before, '--mine', 'github:octo');
    expect(same).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nobody is newly allowed.') });
  });

  it('has an example of ours too, that the new document allows and the old one does not', async () => {
    const before = file('ours.json', like('repo:octo/app:ref:refs/heads/main'));
    const after = file('more-of-ours.json', like('repo:octo/app:*'));
    const [there, back] = await Promise.all([
      fedbridge('diff', before, after, '--mine', 'github:octo'),
      fedbridge('diff', after, before, '--mine', 'github:octo'),
    ]);
    expect([there.exitCode, back.exitCode]).toEqual([0, 0]);
    for (const [heading, { stdout }] of [
      ['Newly allowed:', there],
      ['No longer allowed:', back],
    ] as const) {
      expect(stdout).toMatch(new RegExp(`^${heading}\n.*: only mine\n  for example\n`, 'm'));
      const [, subject = ''] = /^ {4}sub +(.*)$/m.exec(stdout) ?? [];
      const claims = file('claims-of-ours.json', { iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub: subject });
      const tested = await Promise.all([before, after].map((one) => fedbridge('test', one, '--claims', claims)));
      expect(tested.map(({ exitCode }) => exitCode)).toEqual([3, 0]);
    }
  });

  it('claims nothing of a document that IAM rejects', async () => {
    const before = file('whole.json', like('repo:octo/app:*'));
    const after = file('rejected.json', policy(allow({ Nope: audience })));
    const { exitCode, stdout } = await fedbridge('diff', before, after, '--mine', 'github:octo');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^Of what could be compared, nobody is newly allowed\.\n/);
    expect(stdout).toMatch(/^not compared: .*Nope/m);
    expect(stdout).not.toContain('Nobody');
  });

  it('sees a denial that went', async () => {
    const denied = {
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Condition: { StringLike: { [`${hub}:sub`]: '*:pull_request' } },
    };
    const all = allow({ StringEquals: audience, StringLike: { [`${hub}:sub`]: 'repo:octo/app:*' } });
    const { stdout } = await fedbridge(
      'diff',
      file('old.json', policy(all, denied)),
      file('new.json', policy(all)),
      '--json',
    );
    expect(JSON.parse(stdout).gained[0].witness.claims.sub).toMatch(/:pull_request$/);
  });

  it('compares each role with itself', async () => {
    const role = (RoleName: string, subject: string) => ({
      RoleName,
      Arn: `arn:aws:iam::123456789012:role/${RoleName}`,
      AssumeRolePolicyDocument: like(subject),
    });
    const before = file('roles-before.json', {
      Roles: [role('read', 'repo:evil/app:*'), role('admin', 'repo:octo/*')],
    });
    const after = file('roles-after.json', {
      Roles: [role('read', 'repo:evil/app:*'), role('admin', 'repo:evil/app:*')],
    });
    const { exitCode, stdout } = await fedbridge('diff', before, after, '--mine', 'github:octo', '--json');
    const { gained } = JSON.parse(stdout);
    expect(exitCode).toBe(3);
    expect(gained).toEqual([expect.objectContaining({ reach: 'named others', owners: ['evil'] })]);
    expect(gained[0].where).toContain('role/admin');
  });

  it('finds the same file in another folder, however that is written', async () => {
    for (const [name, ...subjects] of [
      ['old', 'repo:octo/app:*'],
      ['new', 'repo:octo/app:*', 'repo:octo/web:*'],
    ] as const) {
      mkdirSync(join(folder, name), { recursive: true });
      for (const [at, subject] of subjects.entries()) file(`${name}/${at}.json`, like(subject));
    }
    const { stdout } = await fedbridge('diff', `${folder}/old/`, `${folder}/./new`, '--json');
    const { gained, lost } = JSON.parse(stdout);
    expect([gained, lost]).toMatchObject([[{ where: '1.json Statement[0]' }], []]);
  });

  it('prints a table that a document cannot leave', async () => {
    const hostile = like('repo:octo|<img src=x>`*/app:*');
    const { stdout } = await fedbridge(
      'diff',
      file('a.json', like('repo:octo/app:*')),
      file('b.json', hostile),
      '--markdown',
    );
    expect(stdout).not.toContain('<img');
  });
});
