import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccountIds } from './allowed-accounts.ts';
import { parseExternalId } from './external-id.ts';
import { parseRegion, regionalStsEndpoint } from './partition.ts';
import { parseProfileName } from './profiles/profile-name.ts';
import { parseRoleArn, parseRoleArns } from './role-arn.ts';
import { defaultSessionName, parseSessionName } from './session-name.ts';
import { parsePolicyArns, parseSessionPolicy } from './session-policy.ts';
import { auditTags, parseSessionTags } from './session-tags.ts';

const invalid = expect.objectContaining({ code: 'INPUT_INVALID' });

describe('role ARNs', () => {
  it('reads partition, account and role', () => {
    expect(parseRoleArn('arn:aws-us-gov:iam::123456789012:role/ci/prod/deploy')).toEqual({
      arn: 'arn:aws-us-gov:iam::123456789012:role/ci/prod/deploy',
      partition: 'aws-us-gov',
      accountId: '123456789012',
      role: 'ci/prod/deploy',
    });
  });

  it.each([
    'deploy',
    'arn:aws:iam::12345678901:role/deploy',
    'arn:aws:iam::1234567890123:role/deploy',
    'arn:aws:iam::123456789012:user/deploy',
    'arn:aws:sts::123456789012:assumed-role/deploy/x',
    'arn:aws:iam:eu-central-1:123456789012:role/deploy',
    'arn:azure:iam::123456789012:role/deploy',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::123456789012:role/de ploy',
    'arn:aws:iam::123456789012:role/deploy\n',
    ' arn:aws:iam::123456789012:role/deploy',
  ])('refuses %s', (text) => expect(() => parseRoleArn(text)).toThrow(invalid));

  it('whatever is accepted is made of its parts', () => {
    const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
    const account = fc.stringMatching(/^\d{12}$/);
    fc.assert(
      fc.property(name, account, fc.constantFrom('aws', 'aws-cn', 'aws-iso-b'), (role, accountId, partition) => {
        const arn = `arn:${partition}:iam::${accountId}:role/${role}`;
        expect(parseRoleArn(arn)).toEqual({ arn, partition, accountId, role });
      }),
    );
  });
});

describe('session names', () => {
  it.each(['a', '', 'a b', 'a/b', 'a:b', 'ü2', 'a'.repeat(65), 'ab\n'])('refuses %j', (text) => {
    expect(() => parseSessionName(text)).toThrow(invalid);
  });

  it('the default is valid for any job, and keeps its platform and its run', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^\d{0,12}$/), (project, runId) => {
        const name = defaultSessionName({ platform: 'azure-pipelines', project, runId });
        expect(parseSessionName(name)).toBe(name);
        expect(name.startsWith('azure-pipelines-')).toBe(true);
        expect(name.endsWith(runId)).toBe(true);
      }),
    );
  });
});

describe('regions', () => {
  it.each([
    ['eu-central-1', 'https://sts.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'https://sts.us-isob-east-1.sc2s.sgov.gov'],
    ['eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu'],
  ])('%s has its STS at %s', (region, endpoint) => {
    expect(regionalStsEndpoint(parseRegion(region))).toBe(endpoint);
  });

  it.each(['', 'eu', 'eu-central', 'eu-central-1.evil.com', 'eu-central-1/x', 'EU-CENTRAL-1', 'eu-central-1\n'])(
    'refuses %j',
    (text) => {
      expect(() => parseRegion(text)).toThrow(invalid);
    },
  );
});

describe('what is allowed is told, and its bounds are those of AWS', () => {
  const policy = (length: number) => `{"Statement":"${'x'.repeat(length - '{"Statement":""}'.length)}"}`;
  const managed = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  it.each([
    [parseSessionName, ['ab', 'a'.repeat(64), '_+=,.@-'], ['a', 'a'.repeat(65), 'a b'], 'expected 2 to 64 letters'],
    [
      parseExternalId,
      ['ab', 'a'.repeat(1224), '_+=,.@:/-'],
      ['a', 'a'.repeat(1225), 'a b', ' ab', 'ab\n'],
      'expected 2 to 1,224',
    ],
    [
      parseProfileName,
      ['a', 'a'.repeat(64), '_.@%+:,-'],
      ['', 'a'.repeat(65), 'a b', '[a', 'a]', 'a/b'],
      'expected a profile name',
    ],
    [parseSessionPolicy, [policy(2048)], [policy(2049)], 'expected at most 2048 characters, without white space.'],
    [parseSessionPolicy, [], ['', 'allow', '{'], 'expected an IAM policy as JSON.'],
    [parseSessionPolicy, [], ['[]', '7', 'null', '"Statement"', '{"statement":1}'], 'a JSON object with a Statement.'],
    [parseRoleArn, [], ['x'], 'expected the ARN of an IAM role such as arn:aws:iam::123456789012:role/deploy.'],
  ] as const)('%o', (parse, good, bad, message) => {
    for (const text of good) expect(parse(text)).toBe(text);
    for (const text of bad) expect(() => parse(text)).toThrow(message);
  });

  it('a session policy loses its white space', () => {
    expect(parseSessionPolicy('{ "Statement" : [ ] }')).toBe('{"Statement":[]}');
  });

  it('managed policies, a line each', () => {
    const own = 'arn:aws-cn:iam::123456789012:policy/path/to/own';
    expect(parsePolicyArns(`${managed}\n\n ${own} `)).toEqual([managed, own]);
    expect(parsePolicyArns(Array(10).fill(managed).join('\n'))).toHaveLength(10);
    expect(() => parsePolicyArns(Array(11).fill(managed).join('\n'))).toThrow('expected at most 10 policies.');
    for (const text of [
      'ReadOnlyAccess',
      `x${managed}`,
      'arn::iam::aws:policy/A',
      'arn:aws:iam::1234:policy/A',
      'arn:aws:iam::aws:policy/',
      'arn:aws:iam::aws:role/A',
      `arn:aws:iam::aws:policy/${'a'.repeat(513)}`,
    ])
      expect(() => parsePolicyArns(`${managed}\n${text}`)).toThrow(`not "${text}".`);
    expect(
      parseRoleArns('arn:aws:iam::123456789012:role/a\narn:aws:iam::123456789012:role/b').map(({ role }) => role),
    ).toEqual(['a', 'b']);
  });

  it('accounts, between commas or lines', () => {
    expect([...parseAccountIds('123456789012, 210987654321\n123456789012')]).toEqual(['123456789012', '210987654321']);
    for (const text of [
      '',
      '123456789012,',
      '12345678901',
      '1234567890123',
      'a23456789012',
      '123456789012 210987654321',
    ])
      expect(() => parseAccountIds(text)).toThrow('expected account ids of twelve digits');
  });
});

describe('session tags', () => {
  it('are lines or an object', () => {
    expect(parseSessionTags('Team = a b\nRun=7')).toEqual([
      { key: 'Team', value: 'a b' },
      { key: 'Run', value: '7' },
    ]);
    expect(parseSessionTags('{"Team":"","é":"_.:/=+-@"}')).toEqual([
      { key: 'Team', value: '' },
      { key: 'é', value: '_.:/=+-@' },
    ]);
    expect(parseSessionTags(JSON.stringify({ ['k'.repeat(128)]: 'v'.repeat(256) }))).toHaveLength(1);
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '']));
    expect(parseSessionTags(JSON.stringify(many(50)))).toHaveLength(50);
    expect(() => parseSessionTags(JSON.stringify(many(51)))).toThrow('expected at most 50 tags.');
  });

  it.each([
    ['{', 'expected "key = value" lines or a JSON object.'],
    ['{"a":null}', 'the value of "a" is not a text, a number, true or false.'],
    ['{"a":["b"]}', 'the value of "a" is not a text, a number, true or false.'],
    ['{"":"a"}', 'the tag "" must have a key'],
    [`{"${'k'.repeat(129)}":"a"}`, 'must have a key of 1 to 128'],
    [`{"a":"${'v'.repeat(257)}"}`, 'the tag "a" must have'],
    ['{"a;":"a"}', 'the tag "a;" must have'],
    ['{"a":"<"}', 'the tag "a" must have'],
    ['{"AWS:x":"a"}', 'the tag "AWS:x" must have'],
    ['{"a":"b","a":"c"}', 'the key "a" comes twice.'],
    ['{"a":"b","a":"b"}', 'the key "a" comes twice.'],
    ['{"a" :"b","c":"d","\\u0061"\n: "e"}', 'the key "a" comes twice.'],
    ['{"a":{"b":"c"},"a":"d"}', 'the key "a" comes twice.'],
    ['{"a":1,"a":"d"}', 'the key "a" comes twice.'],
    ['Team', 'expected "name = value" on each line'],
  ])('%s is refused: %s', (text, message) => expect(() => parseSessionTags(text)).toThrow(message));

  it('numbers, true and false in JSON are the texts that they are written as', () => {
    const values = parseSessionTags('{"a":1,"b" : -2.5 ,"c":true,"d":false,"e":"1.10","f":0}').map(
      ({ value }) => value,
    );
    expect(values).toEqual(['1', '-2.5', 'true', 'false', '1.10', '0']);
  });

  it.each([
    ['1.10', '1.1'],
    ['12345678901234567890', '12345678901234567000'],
    ['1e400', 'Infinity'],
    ['1E3', '1000'],
    ['-0', '0'],
  ])('the number %s in JSON, which is not read as that, is refused', (written, read) => {
    for (const json of [`{"a":"x","b":${written}}`, `{"a":"x", "b" :\n${written}\n, "c":1}`])
      expect(() => parseSessionTags(json)).toThrow(
        `the number ${written} of "b" would become ${read}: write it in quotes.`,
      );
    expect(parseSessionTags(`{"b":"${written}"}`)).toEqual([{ key: 'b', value: written }]);
  });

  it('a text in JSON is no key for what it has', () => {
    expect(parseSessionTags('{"a":"a:","b":":","c":"a"}')).toHaveLength(3);
    expect(() => parseSessionTags('{"a":"\\"a\\":","b":"\\\\"}')).toThrow('the tag "a" must have');
  });

  it('a character that takes two places is not cut in its middle', () => {
    const [tag] = auditTags({ Branch: `${'b'.repeat(255)}\u{20000}` });
    expect(tag?.value).toBe('b'.repeat(255));
    expect(() => parseSessionTags(`Branch = ${tag?.value}`)).not.toThrow();
  });

  it('keys that differ in case alone are refused', () => {
    expect(() => parseSessionTags('{"Team":"a","TEAM":"b"}')).toThrow('the key "TEAM" comes twice');
  });

  it('a key may have aws: later on', () => expect(parseSessionTags('my-aws:x = a')).toHaveLength(1));

  it('of an audit are made valid, and empty ones left out', () => {
    expect(auditTags({ Repository: 'octo/app', Empty: '', Actor: 'Möna <x>', Branch: 'b'.repeat(300) })).toEqual([
      { key: 'Repository', value: 'octo/app' },
      { key: 'Actor', value: 'Möna _x_' },
      { key: 'Branch', value: 'b'.repeat(256) },
    ]);
  });
});

it('a default session name is the platform, the project and the run, and is cut in the middle', () => {
  const job = (project: string, runId: string) => defaultSessionName({ platform: 'github', project, runId });
  expect(job('octo/app', '7')).toBe('github-octo-app-7');
  expect(job('octo/app', '')).toBe('github-octo-app');
  expect(job('p'.repeat(80), '12345')).toBe(`github-${'p'.repeat(64 - 7 - 6)}-12345`);
  expect(job('p', 'r'.repeat(80))).toBe(`-${'r'.repeat(63)}`);
});
