/**
 * Tests as well:
 * - packages/trust/src/bicep.ts
 * - packages/trust/src/entra-managed-identity.ts
 * - packages/trust/src/hcl.ts
 * - packages/trust/src/shell.ts
 * - packages/trust/src/unsayable.ts
 */

import { spawnSync } from 'node:child_process';
import { FedbridgeError } from '@fedbridge/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flexibleTrust } from './flexible.ts';
import { gitHubJob } from './github-job.ts';
import type { TrustedJob } from './job.ts';
import { type AwsFormat, awsTrust, formatAwsTrust } from './write-aws.ts';
import { type EntraFormat, entraTrust, formatEntraTrust } from './write-entra.ts';

/** What some shell, language, tool or platform takes for its own. */
const pieces = [
  ...[
    '-',
    '--',
    '--endpoint-url=http://127.0.0.1:1',
    '=',
    ' ',
    "'",
    '"',
    '\\',
    '\\\\',
    '`id`',
    '$(id)',
    '$x',
    ';',
    '&',
    '|',
    '*',
  ],
  ...[
    '~',
    '!',
    '#',
    '{',
    '}',
    '<',
    '>',
    '(',
    'file:///etc/passwd',
    'http://127.0.0.1:1/x',
    'https://github.com/octo',
    'fileb://x',
    '@/etc/passwd',
    '@',
    '^',
    '%',
    'ä',
    '🚀',
  ],
  ...[
    '${x}',
    '$${x}',
    '%{x}',
    '%%{x}',
    '{{resolve:ssm:x}}',
    '{{',
    "'''",
    '\\b',
    '\\u0041',
    '\n',
    '\r',
    '\t',
    '\b',
    '\f',
    '\0',
  ],
  ...[
    '\x1b[2J',
    '\x9b',
    '\u202e',
    '\u2028',
    '##vso[task.complete]',
    '##[error]',
    '##VSO[',
    '::error::x',
    'a',
    'Z',
    '0',
    '/',
    ':',
  ],
];
const hostile = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const job = fc.record({
  issuer: hostile,
  subject: hostile,
  audience: hostile,
  azp: fc.option(hostile, { nil: undefined }),
});
const acts = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##(vso)?\[|^\s*::/imu;

/** What is written, or undefined where the format says that it cannot. */
function written(write: () => string): string | undefined {
  try {
    return write();
  } catch (error) {
    expect(error).toBeInstanceOf(FedbridgeError);
    expect(error).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/cannot be written|CloudFormation/),
    });
    return undefined;
  }
}

/** The arguments that programs are given by lines of commands, in a shell of their own. */
function argumentsOf(lines: readonly string[]): string[][] {
  const tool = 'printf "%s\\036" "$#"; for word in "$@"; do printf "%s\\036" "$word"; done';
  const script = [`aws() { ${tool}; }`, `az() { ${tool}; }`, ...lines].join('\n');
  const { status, stdout, stderr } = spawnSync('sh', ['-eu'], { input: script, encoding: 'utf8', env: {} });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const words = stdout.split('\x1e');
  const calls: string[][] = [];
  for (let at = 0; at < words.length - 1; ) {
    const count = Number(words[at]);
    calls.push(words.slice(at + 1, at + 1 + count));
    at += 1 + count;
  }
  return calls;
}

/** The lines that a reader would take in the place of others. */
const alternatives = (text: string) =>
  text.split('\n').flatMap((line) => (/^# (?:aws|az) /.test(line) ? [line.slice(2)] : []));

/** As argparse reads `--name=value`, and as the tools do what follows: a list in JSON, a file. */
/** The one option that the AWS CLI wants apart from its value, as the others are. */
function inOneWord(call: readonly string[]): readonly string[] {
  const apart = call.indexOf('--cli-input-json');
  return apart < 0 ? call : [...call.slice(0, apart), `${call[apart]}=${call[apart + 1]}`, ...call.slice(apart + 2)];
}

function optionsOf(call: readonly string[], words: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    inOneWord(call.slice(words)).map((word) => {
      const [, name = '', value = ''] = /^--([a-z-]+)=([\s\S]*)$/.exec(word) ?? [];
      expect(name, word).not.toBe('');
      const isAzure = ['identity', 'ad', 'rest'].includes(call[0] ?? '');
      if (isAzure) expect(value).not.toMatch(/^@/);
      else expect(value).not.toMatch(name === 'url' ? /^fileb?:\/\// : /^(?:fileb?|https?):\/\//);
      return [name, value];
    }),
  );
}

const place = { account: '123456789012', partition: 'aws', role: 'deploy' };
const flexible = flexibleTrust(
  gitHubJob({ owner: 'octo', repository: 'app', ownerId: '65001', repositoryId: '724113', anyRef: true }, 'entra'),
);
const identity = { managedIdentity: 'agents', resourceGroup: 'ci' };

describe.skipIf(process.platform === 'win32')('a command, whatever a token says (skipped: no POSIX shell)', () => {
  const some = fc.sample(job, { numRuns: 1000, seed: 7 });

  it('gives the AWS CLI the values as they are, and no option of theirs', () => {
    const asked = some.flatMap((one) => {
      const trust = awsTrust(one, place);
      const text = written(() => formatAwsTrust(trust, place, 'aws'));
      return text === undefined ? [] : [{ text, trust }];
    });
    expect(asked.length).toBeGreaterThan(100);
    const calls = argumentsOf(asked.map(({ text }) => text));
    expect(calls).toHaveLength(2 * asked.length);
    for (const [index, { trust, text }] of asked.entries()) {
      expect(text).not.toMatch(acts);
      const [provider = [], role = []] = calls.slice(2 * index, 2 * index + 2);
      const { url, 'client-id-list': list = '' } = optionsOf(provider, 2);
      expect({ Url: url, ClientIDList: JSON.parse(list) }).toEqual(trust.provider);
      const { 'role-name': name, 'assume-role-policy-document': policy = '' } = optionsOf(role, 2);
      expect({ name, policy: JSON.parse(policy) }).toEqual({ name: 'deploy', policy: trust.trustPolicy });
    }
  });

  it('leaves alone what replaces something, and says the same in it', () => {
    const asked = some.flatMap((one) => {
      const trust = awsTrust(one, place);
      const text = written(() => formatAwsTrust(trust, place, 'aws'));
      return text === undefined ? [] : [{ text, trust }];
    });
    const calls = argumentsOf(asked.flatMap(({ text }) => alternatives(text)));
    expect(calls).toHaveLength(2 * asked.length);
    for (const [index, { trust }] of asked.entries()) {
      const [added = [], updated = []] = calls.slice(2 * index, 2 * index + 2);
      const plain = optionsOf(added, 2);
      const json = JSON.parse(plain['cli-input-json'] ?? '{}');
      const arn = plain['open-id-connect-provider-arn'] ?? json.OpenIDConnectProviderArn;
      expect({ arn, ids: [plain['client-id'] ?? json.ClientID] }).toEqual({
        arn: trust.trustPolicy.Statement[0].Principal.Federated,
        ids: trust.provider?.ClientIDList,
      });
      const { 'role-name': name, 'policy-document': policy = '' } = optionsOf(updated, 2);
      expect({ name, policy: JSON.parse(policy) }).toEqual({ name: 'deploy', policy: trust.trustPolicy });
    }
  });

  it.each([
    ['an application', { application: '-x' }],
    ['a managed identity', identity],
  ] as const)('gives the Azure CLI the values as they are, for %s', (_title, where) => {
    const asked = some.flatMap((one) => {
      const credential = entraTrust(one, 'fedbridge');
      const text = written(() => formatEntraTrust(credential, where, 'az'));
      return text === undefined ? [] : [{ text, credential }];
    });
    expect(asked.length).toBeGreaterThan(100);
    const calls = argumentsOf(asked.map(({ text }) => text));
    const changes = argumentsOf(asked.flatMap(({ text }) => alternatives(text)));
    expect(changes.map((call) => call.filter((word) => !/^--federated-credential-id=fedbridge$/.test(word)))).toEqual(
      calls.map((call) => call.map((word) => (word === 'create' ? 'update' : word))),
    );
    for (const [index, { credential, text }] of asked.entries()) {
      expect(text).not.toMatch(acts);
      const isIdentity = 'managedIdentity' in where;
      const options = optionsOf(calls[index] ?? [], isIdentity ? 3 : 4);
      const { name, issuer, subject, audiences } = options;
      expect(
        isIdentity ? { name, issuer, subject, audiences: [audiences] } : JSON.parse(options.parameters ?? ''),
      ).toEqual(credential);
    }
  });
});

describe.skipIf(process.platform === 'win32')('an expression in a command (skipped: no POSIX shell)', () => {
  const some = fc.sample(job, { numRuns: 500, seed: 11 });
  const asked = some.flatMap((one) => {
    const whole = { ...flexible, issuer: one.issuer, audiences: [one.audience], name: 'fedbridge' };
    return [{ application: one.subject }, identity].flatMap((where) => {
      const text = written(() => formatEntraTrust(whole, where, 'az'));
      return text === undefined ? [] : [{ text, where, whole }];
    });
  });

  it('reaches the Azure CLI as it is, and the address of Graph keeps its host', () => {
    expect(asked.length).toBeGreaterThan(100);
    const calls = argumentsOf(asked.flatMap(({ text }) => [text, ...alternatives(text)]));
    expect(calls).toHaveLength(2 * asked.length);
    for (const [index, { where, whole, text }] of asked.entries()) {
      expect(text).not.toMatch(acts);
      for (const call of calls.slice(2 * index, 2 * index + 2)) {
        if ('managedIdentity' in where) {
          const { issuer, 'claims-matching-expression-value': value, audiences } = optionsOf(call, 3);
          expect({ issuer, value, audiences: [audiences] }).toEqual({
            issuer: whole.issuer,
            value: whole.claimsMatchingExpression.value,
            audiences: whole.audiences,
          });
        } else {
          const { url = '', body = '' } = optionsOf(call, 1);
          expect(JSON.parse(body)).toEqual({ ...whole, subject: null });
          expect(new URL(url)).toMatchObject({ host: 'graph.microsoft.com', search: '', hash: '' });
          const [, id = ''] =
            /^\/beta\/applications\(appId='(.*?)'\)\/federatedIdentityCredentials/.exec(new URL(url).pathname) ?? [];
          expect(decodeURIComponent(id.replaceAll("''", "'"))).toBe(where.application);
        }
      }
    }
  });
});

describe('a document, whatever a token says', () => {
  const documents: readonly (readonly [string, (one: TrustedJob) => string])[] = [
    ...(['json', 'terraform', 'cloudformation'] satisfies AwsFormat[]).map(
      (format) =>
        [`${format} of AWS`, (one: TrustedJob) => formatAwsTrust(awsTrust(one, place), place, format)] as const,
    ),
    ...(['json', 'terraform', 'bicep'] satisfies EntraFormat[]).map(
      (format) =>
        [`${format} of Entra`, (one: TrustedJob) => formatEntraTrust(entraTrust(one, 'x'), identity, format)] as const,
    ),
  ];

  it.each(documents)(
    '%s: nothing in it acts where it is printed, and its lines are those of a plain one',
    (_title, write) => {
      const lines = write({ issuer: 'i', subject: 's', audience: 'a' }).split('\n').length;
      fc.assert(
        fc.property(job, (one) => {
          const text = written(() => write({ ...one, azp: undefined }));
          if (text === undefined) return;
          expect(text).not.toMatch(acts);
          expect(text.split('\n')).toHaveLength(lines);
          if (text.includes('AWSTemplateFormatVersion')) expect(text).not.toContain('{{resolve');
        }),
      );
    },
  );

  it('Terraform and Bicep read every text as it is', () => {
    const read = (format: 'terraform' | 'bicep', subject: string) => {
      const text = formatEntraTrust(entraTrust({ issuer: 'i', subject, audience: 'a' }, 'x'), identity, format);
      return (format === 'terraform' ? hcl : bicep)(/^ *subject(?: +=|:) (.*)$/m.exec(text)?.[1] ?? '');
    };
    fc.assert(
      fc.property(hostile, (subject) => {
        expect(read('terraform', subject)).toBe(subject);
        expect(read('bicep', subject)).toBe(subject);
      }),
      { numRuns: 500 },
    );
  });
});

/** A quoted template without interpolation. Source: HCL Native Syntax Specification, "Template Expressions". */
function hcl(literal: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
  return [...literal.slice(1, -1).matchAll(/\\u([\da-f]{4})|\\([nrt"\\])|([$%])\3\{|([$%]\{)|(["\\])|[\s\S]/gi)]
    .map(([all, unit, brief, sign, template, bare]) => {
      if (template || bare) throw new Error(`${literal} has ${template ?? bare}`);
      if (unit) return String.fromCharCode(Number.parseInt(unit, 16));
      return brief ? (escapes[brief] ?? '') : sign ? `${sign}{` : all;
    })
    .join('');
}

/** Source: Microsoft Learn, "Data types in Bicep", strings. */
function bicep(literal: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '\\': '\\', $: '$' };
  return [...literal.slice(1, -1).matchAll(/\\u\{([\da-f]+)\}|\\([nrt'\\$])|(\$\{|['\\])|[\s\S]/giu)]
    .map(([all, point, brief, bare]) => {
      if (bare) throw new Error(`${literal} has ${bare}`);
      if (point) return String.fromCodePoint(Number.parseInt(point, 16));
      return brief ? (escapes[brief] ?? '') : all;
    })
    .join('');
}
