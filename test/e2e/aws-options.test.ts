import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } };

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  it.concurrent('inline-session-policy and managed-session-policies reach STS, without white space', async () => {
    const { run, made } = await play(journey, {
      'inline-session-policy': JSON.stringify(policy, null, 4),
      'managed-session-policies':
        'arn:aws:iam::aws:policy/ReadOnlyAccess\n\narn:aws:iam::123456789012:policy/ci/narrow\n',
    });
    expect(run.error).toBeUndefined();
    const form = new URLSearchParams(made[1]?.body);
    expect(form.get('Policy')).toBe(JSON.stringify(policy));
    expect([...form].filter(([name]) => name.startsWith('PolicyArns'))).toEqual([
      ['PolicyArns.member.1.arn', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ['PolicyArns.member.2.arn', 'arn:aws:iam::123456789012:policy/ci/narrow'],
    ]);
  });

  it.concurrent('allowed-account-ids lets a role of a listed account through', async () => {
    const { run } = await play(journey, { 'allowed-account-ids': `000000000000, ${ids.account}` });
    expect(run.error).toBeUndefined();
  });

  it.concurrent('mask-aws-account-id hides the account before anything else', async () => {
    const { run } = await play(journey, { 'mask-aws-account-id': 'true' });
    expect(run.masked[0]).toBe(ids.account);
  });

  it.concurrent('special-characters-workaround asks until the secret is plain', async () => {
    const { run, secret } = await play(journey, {
      'special-characters-workaround': 'true',
      'output-credentials': 'true',
    });
    expect(run.error).toBeUndefined();
    expect(secret).toMatch(/^[A-Za-z\d]+$/);
  });

  it.concurrent.each([
    ['allowed-account-ids', '000000000000', 'is in account 123456789012, which "allowed'],
    ['allowed-account-ids', ',123456789012', 'without an empty entry'],
    ['allowed-account-ids', '12345', 'twelve digits'],
    ['aws-region', 'us-gov-west-1', 'is in partition aws, and us-gov-west-1 is in aws-us-gov'],
    ['aws-region', 'mars-1', 'expected an AWS region'],
    ['role-to-assume', 'deploy', 'expected the ARN of an IAM role'],
    ['role-session-name', 'a b', 'expected 2 to 64 letters'],
    ['role-duration-seconds', '60', 'expected a whole number from 900 to 43200'],
    ['inline-session-policy', '{', 'expected an IAM policy as JSON'],
    ['inline-session-policy', '[]', 'a JSON object with a Statement'],
    ['inline-session-policy', JSON.stringify({ Statement: 'x'.repeat(2048) }), 'at most 2048 characters'],
    [
      'managed-session-policies',
      'ReadOnlyAccess',
      'expected the ARN of a managed policy on each line, not "ReadOnlyAccess"',
    ],
    ['managed-session-policies', 'arn:aws:iam::aws:policy/A\n'.repeat(11), 'at most 10 policies'],
    ['mask-aws-account-id', 'yes', 'expected true or false'],
    ['special-characters-workaround', '1', 'expected true or false'],
    ['output-credentials', 'on', 'expected true or false'],
    ['output-env-credentials', 'off', 'expected true or false'],
    ['sts-endpoint', 'sts.example.com', 'is not a URL'],
  ])('%s: %s is refused before any request', async (name, value, message) => {
    const { run, made } = await play(journey, { [name]: value });
    expect(run.error).toContain(message);
    expect(run.error).toMatch(/^Input "[\w-]+" is /);
    expect(made).toHaveLength(0);
    expect({ ...run.outputs, ...run.exported }).toEqual({});
  });
});

async function play(journey: Journey, given: Record<string, string>) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const run = await journey.start(emulator, { inputs }).run();
  expectNoSecretShown(run, emulator);
  const secret = run.outputs['aws-secret-access-key'] ?? run.outputs.awsSecretAccessKey;
  return { run, secret, made: outside(emulator.requests) };
}
