/**
 * Tests as well:
 * - packages/cli/src/commands/trust/fixed-file.ts
 */

import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';

const hub = 'token.actions.githubusercontent.com';
const subject = 'repo:octo@65001/app@724113:ref:refs/heads/main';
const policy = (sub: string, operator = 'StringLike') => `{
    "Version": "2012-10-17",
    "Statement": [{
        "Sid": "CI\\u002fdeploy",
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/${hub}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "${operator}": {"${hub}:sub": "${sub}"}
        }
    }]
}
`;
const fixedPolicy = policy(subject, 'StringEquals').replace(
  `{"${hub}:sub": "${subject}"}`,
  `{
                "${hub}:sub": "${subject}",
                "${hub}:aud": "sts.amazonaws.com"
            }`,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trust-fix-'));
});

function file(name: string, text: string | Buffer, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const fix = (...names: readonly string[]) => runCommand(['trust', 'lint', '--fix', ...names], {}, folder);
const printed = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => stdout + stderr;

describe('fedbridge trust lint --fix', () => {
  it('writes a policy anew with what needs no decision, and leaves all else as it was, the mode too', async () => {
    const path = file('trust.json', policy(subject), 0o640);
    const result = await fix(path);
    expect(printed(result)).toContain(`fixed ${path} Statement[0]: StringEquals on ${hub}:aud is sts.amazonaws.com`);
    expect(readFileSync(path, 'utf8')).toBe(fixedPolicy);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(result.stdout).toBe('No problems found.\n');
    expect(result.exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(['trust.json']);
    // Once more there is nothing to do.
    const { ino } = statSync(path);
    await fix(path);
    expect(statSync(path).ino).toBe(ino);
  });

  it('tells what needs a decision, and what may allow more', async () => {
    const path = file('trust.json', policy('repo:octo/*', 'StringEquals'));
    const result = await fix(path);
    expect(printed(result)).toContain(`is StringLike. It may allow more.`);
    expect(result.stdout).toContain('error aws/wildcard-repository Statement[0]');
    expect(result.exitCode).toBe(3);
  });

  it('changes no file that holds more than one plain document, or what it cannot read in full', async () => {
    const role = JSON.stringify({
      Role: { Arn: 'arn:aws:iam::123456789012:role/r', AssumeRolePolicyDocument: JSON.parse(policy(subject)) },
    });
    const target = file('target.json', policy(subject));
    mkdirSync(join(folder, 'links'));
    symlinkSync(target, join(folder, 'links', 'link.json'));
    const second = file('second.json', policy(subject));
    linkSync(second, join(folder, 'links', 'second.json'));
    const all: Readonly<Record<string, string>> = {
      'it holds 2 documents': file('two.json', `${policy(subject)}${policy(subject)}`),
      'it is a link': join(folder, 'links', 'link.json'),
      'it has a second name': second,
      'one document and nothing around it': file('role.json', role),
      'not JSON in UTF-8': file('utf16.json', Buffer.from(`\ufeff${policy(subject)}`, 'utf16le')),
      'nothing around it': file(
        'trust.yaml',
        'Version: "2012-10-17"\n' +
          JSON.stringify(JSON.parse(policy(subject)))
            .slice(1, -1)
            .replace(/^"Version":"2012-10-17",/, '')
            .replace('"Statement":', 'Statement: ') +
          '\n',
      ),
    };
    const before = Object.values(all).map((path) => readFileSync(path));
    const result = await fix(...Object.values(all));
    for (const why of Object.keys(all)) expect(printed(result)).toContain(why);
    expect(printed(result).match(/is not changed/g)).toHaveLength(6);
    expect(Object.values(all).map((path) => readFileSync(path))).toEqual(before);
    expect(result.exitCode).toBe(3);
  });

  it('fixes a list of federated credentials in the spelling of who printed it', async () => {
    const credential = {
      Name: 'main',
      Issuer: `https://${hub}/`,
      Subject: subject,
      Audience: ['api://AzureADTokenExchange'],
    };
    const path = file('credentials.json', JSON.stringify([credential], null, 2));
    await fix(path);
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify([{ ...credential, Issuer: `https://${hub}` }], null, 2));
  });

  it('takes files alone', async () => {
    for (const names of [[], ['-']]) {
      const result = await fix(...names);
      expect(result.exitCode).toBe(2);
      expect(result.stderr).toContain('--fix takes files');
    }
  });
});
