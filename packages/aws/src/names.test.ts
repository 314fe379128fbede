import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRegion, regionalStsEndpoint } from './partition.ts';
import { parseRoleArn } from './role-arn.ts';
import { defaultSessionName, parseSessionName } from './session-name.ts';

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
        const name = defaultSessionName({ platform: 'azure-pipelines', project, runId, auditFacts: {} });
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
