import { FedbridgeError } from '@fedbridge/core';
import { documentsIn, findingsIn, type ReadDocuments, selectedFile } from '@fedbridge/trust-files';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzz, hostileText, json } from './cases.ts';

const hub = 'token.actions.githubusercontent.com';
const mark = 'repo:evil@7/app@8:*';
const statement = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${hub}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${hub}:sub`]: mark } },
};
const credential = { name: 'a', issuer: `https://${hub}`, subject: mark, audiences: ['api://AzureADTokenExchange'] };
const document = fc.constantFrom<unknown>(
  { Version: '2012-10-17', Statement: [statement] },
  { Statement: statement },
  [statement],
  statement,
  credential,
  [credential],
  { RoleName: 'a', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [statement] } },
);

/** Names that mean something to a reader, and names that mean nothing to anybody. */
const name = fc.oneof(
  fc.constantFrom(
    ...['Resources', 'resources', 'Properties', 'properties', 'Metadata', 'Outputs', 'value', 'values', 'Statement'],
    ...['federatedIdentityCredentials', 'AssumeRolePolicyDocument', 'assume_role_policy', 'TemplateBody', 'instances'],
    ...['planned_values', 'root_module', 'attributes', 'issuer', 'subject', 'Fn::Sub', 'Fn::If', 'Transform', 'Type'],
    ...['__proto__', 'constructor', 'toString', 'length', '$schema', 'template', 'type', 'audiences', 'Policy', '<<'],
  ),
  hostileText,
);
const beside = fc.constantFrom<object>(
  {},
  { AWSTemplateFormatVersion: '2010-09-09', Resources: { T: { Type: 'AWS::SNS::Topic' } } },
  { $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#', resources: [] },
  { format_version: '1.2', terraform_version: '1.9.0', planned_values: { root_module: { resources: [] } } },
  { version: 4, terraform_version: '1.9.0', resources: [] },
  { ...credential, subject: 'repo:octo@1/app@2:ref:refs/heads/main' },
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
);

type Wrap = (value: unknown) => unknown;
/** Members of an object as they come, `__proto__` too. */
const members = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries);
const wrap = fc.oneof<fc.Arbitrary<Wrap>[]>(
  fc.tuple(name, beside).map(
    ([key, others]) =>
      (value) =>
        members([...Object.entries(others), [key, value]]),
  ),
  fc.array(json, { maxLength: 2 }).map((others) => (value) => [...others, value]),
  fc.integer({ min: 1, max: 60 }).map((levels) => (value) => {
    let outer = value;
    for (let level = 0; level < levels; level += 1) outer = level % 2 ? [outer] : { a: outer };
    return outer;
  }),
  fc.constant((value: unknown) => JSON.stringify(value)),
  fc.constant((value: unknown) => encodeURIComponent(JSON.stringify(value))),
);

/** How a value is written, without a change of what it is. */
const spelled = fc.oneof<fc.Arbitrary<readonly [string, (value: unknown) => string]>[]>(
  fc
    .constantFrom('a.json', 'a.JSON', 'a.tfstate')
    .map((file) => [file, (value) => JSON.stringify(value, null, 1)] as const),
  fc.constant(['a.json', (value) => escaped(JSON.stringify(value), 4)] as const),
  fc.constant(['a.yaml', (value) => `# x\n---\n${JSON.stringify(value)}\n`] as const),
  fc.constant(['a.YML', (value) => `---\n${escaped(JSON.stringify(value), 4)}`] as const),
  fc.constant(['a.template', (value) => `{}\n${JSON.stringify(value)}`] as const),
);

/** With an escape for a letter here and there in each text. */
const escaped = (text: string, digits: number) =>
  text.replaceAll(
    /(?<![\\\w])[A-Za-z](?=[a-z]{2})/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(digits, '0')}`,
  );

const encoded = fc.constantFrom<(text: string) => Buffer>(
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
);

/** Reads a file as the step does that lints. No file takes more than a few seconds, and none ends the run. */
async function read(file: string, bytes: Uint8Array): Promise<ReadDocuments> {
  const before = process.cpuUsage();
  const found = await documentsIn([selectedFile(file, bytes, 'found')]);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(20_000);
  for (const { error } of found.faults) expect(error).toBeInstanceOf(FedbridgeError);
  return found;
}

/** Whether a document was read, or it was said that something was not. */
function isTold({ documents, faults }: ReadDocuments): boolean {
  if (faults.length > 0) return true;
  return documents.some((one) => {
    const { policy, credentials, unresolved } = one.document;
    if (unresolved.length > 0 || JSON.stringify([policy, credentials]).includes(mark)) return true;
    return findingsIn(one, 0).some(({ rule }) => rule.endsWith('/malformed'));
  });
}

it('a document is read, or said not to be, wherever it stands and however it is written', () =>
  fuzz(
    fc.tuple(document, fc.array(wrap, { maxLength: 4 }), spelled, encoded),
    async ([value, wraps, [file, spell], encode]) => {
      const text = spell(wraps.reduce((inner, around) => around(inner), value));
      expect(isTold(await read(file, encode(text))), text).toBe(true);
    },
  ));

const bomb = (levels: number) =>
  Array.from({ length: levels }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'Statement' : `*a${i - 1}, *a${i - 1}`}]`).join(
    '\n',
  );
const hostile = fc.constantFrom<string>(
  ...['[', '{"a":', '[{"Statement":', '- ', '? ', '!a '].map((one) => one.repeat(20_000)),
  `{"Statement": 1, "${'a'.repeat(1_000_000)}": 1}`,
  `{"Statement": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
  `[${'{"AssumeRolePolicyDocument":{"Statement":1,"Statement":1}},'.repeat(5000)}1]`,
  `[${'"Principal: x\\nAction: sts:AssumeRole\\na: &a [*a, *a]",'.repeat(2000)}1]`,
  JSON.stringify({ x: `Principal: x\nAction: sts:AssumeRole\n${bomb(40)}` }),
  `Statement: 1\n${bomb(40)}`,
  `Statement: {${'a: b, '.repeat(20_000)}}`,
);

it('no file takes long, or ends the run', () =>
  fuzz(
    fc.tuple(hostile, fc.constantFrom('a.json', 'a.yaml', 'a.template'), fc.uint8Array({ maxLength: 20 }), fc.nat()),
    async ([text, file, garbage, at]) => {
      const whole = Buffer.from(text);
      const place = at % whole.length;
      await read(file, Buffer.concat([whole.subarray(0, place), garbage, whole.subarray(place)]));
    },
    30,
  ));

it('nor does what is no text', () =>
  fuzz(fc.uint8Array({ maxLength: 200 }), async (bytes) => void (await read('a.yaml', bytes))));
