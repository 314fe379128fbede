import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FedbridgeError } from '@fedbridge/core/error';
import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../json.ts';
import { lintTrustDocument } from './lint-document.ts';
import { trustDocumentsIn } from './trust-documents.ts';

const sourceOf = (value: unknown) => JsonDocument.parse(JSON.stringify(value, null, 2));
const federatedCredential = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';

const role = (subject: unknown, more: object = {}, resources: object = {}) => ({
  ...more,
  Resources: {
    ...resources,
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [{ Sid: subject }] } } },
  },
});
const arm = (subject: string, variables: object = {}) => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  variables,
  resources: [
    { type: federatedCredential, name: 'a/deploy', properties: { issuer: 'https://i', subject, audiences: ['a'] } },
  ],
});

/** A value within itself, a number of times. */
function nested<T>(times: number, inner: T, around: (value: T) => T): T {
  let value = inner;
  for (let depth = 0; depth < times; depth += 1) value = around(value);
  return value;
}

const longText = 'a'.repeat(50_000);
const provider = (Url: unknown) => ({ Type: 'AWS::IAM::OIDCProvider', Properties: { Url } });
const providers = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [
    `P${index}`,
    provider({ 'Fn::Sub': `\${P${index + 1}}\${P${index + 1}}` }),
  ]),
);

describe('What functions of a template make has a bound', () => {
  it.each<[string, unknown]>([
    ['Fn::Sub in Fn::Sub', role(nested<unknown>(60, 'a', (A) => ({ 'Fn::Sub': ['${A}${A}', { A }] })))],
    ['Fn::Join between Fn::Join', role(nested<unknown>(60, 'a', (by) => ({ 'Fn::Join': [by, ['', '', '']] })))],
    [
      'Fn::Join of what is split',
      role(nested<unknown>(30, 'aaa', (text) => ({ 'Fn::Join': ['aaaa', { 'Fn::Split': ['a', text] }] }))),
    ],
    ['providers that name providers', role({ Ref: 'P0' }, {}, { ...providers, P60: provider('https://a') })],
    [
      'a mapping that is used often',
      role(
        Array.from({ length: 500 }, () => ({ 'Fn::FindInMap': ['A', 'a', 'a'] })),
        { Mappings: { A: { a: { a: longText } } } },
      ),
    ],
    [
      'a list of a mapping that is used often',
      role(
        Array.from({ length: 500 }, () => ({ 'Fn::FindInMap': ['A', 'a', 'a'] })),
        { Mappings: { A: { a: { a: Array.from({ length: 20_000 }, () => 'a') } } } },
      ),
    ],
    ['format in format', arm(`[${nested(48, "'a'", (text) => `format('{0}{0}', ${text})`)}]`)],
    ['one argument of format again and again', arm(`[format('${'{0}'.repeat(500)}', '${longText}')]`)],
    ['a variable again and again', arm(`[concat(${"variables('a'), ".repeat(500)}'')]`, { a: longText })],
  ])('%s', (_title, template) => {
    expect(() => trustDocumentsIn(sourceOf(template))).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringMatching(
          /^line \d+, column \d+: the functions of (Resources\.\w+|a\/deploy) make more than 4194304 characters\.$/,
        ),
      }),
    );
  });

  it('a provider that names itself is not known', () => {
    const [document] = trustDocumentsIn(
      sourceOf(role({ Ref: 'Hub' }, {}, { Hub: provider({ 'Fn::Sub': '${Hub}${Hub}${Hub.Arn}' }) })),
    );
    expect(document?.unresolved.map(({ expression }) => expression)).toEqual([
      ...['AWS::Partition', 'AWS::AccountId', 'Hub', 'Hub', 'Hub.Arn'],
    ]);
  });

  it('and what is usual does not come near it', () => {
    const statements = Array.from({ length: 2000 }, (_, index) => ({ 'Fn::Sub': `repo:\${Owner}/app-${index}:*` }));
    expect(trustDocumentsIn(sourceOf(role(statements)), { Owner: 'octo' })).toHaveLength(1);
  });
});

const documents = fileURLToPath(new URL('../../../../test/documents', import.meta.url));
const shapes = readdirSync(documents).filter((name) => !name.endsWith('.template'));

/** Every path in a value. */
function* pathsIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  const own = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, inner] of own) yield* pathsIn(inner, [...path, step]);
}

/** The text of a value, with another text in the place of what stands at a path. */
function textWith(value: unknown, [step, ...rest]: readonly (string | number)[], put: string): string {
  if (step === undefined) return put;
  const own = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object);
  const parts = own.map(([name, inner]) => {
    const text = name === step ? textWith(inner, rest, put) : JSON.stringify(inner);
    return Array.isArray(value) ? text : `${JSON.stringify(name)}:${text}`;
  });
  return Array.isArray(value) ? `[${parts.join()}]` : `{${parts.join()}}`;
}

const hostile: Readonly<Record<string, string>> = {
  'lists in lists': `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  'objects in objects': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  null: 'null',
  'a number': '7',
  'an empty list': '[]',
  'an empty object': '{}',
  'a list of null': '[null]',
  'an empty text': '""',
  'a text that begins as JSON': '"{"',
  'a text that begins as an escape': '"%7B%"',
};

describe('Whatever stands at any place of a document is read, or is an error of its own', () => {
  it.each(shapes)('%s', (name) => {
    const value: unknown = JSON.parse(readFileSync(`${documents}/${name}`, 'utf8'));
    for (const path of pathsIn(value)) {
      for (const [title, put] of Object.entries(hostile)) {
        try {
          const source = JsonDocument.parse(textWith(value, path, put));
          for (const document of trustDocumentsIn(source)) {
            lintTrustDocument(document);
            expect(document.positionOf([]).line).toBe(1);
          }
        } catch (error) {
          expect(error, `${title} at /${path.join('/')}`).toBeInstanceOf(FedbridgeError);
        }
      }
    }
  });
});
