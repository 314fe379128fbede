/**
 * Tests as well:
 * - packages/emulator/src/machine/aws-machine.ts
 */

import { type EmulatorUrls, type FaultRule, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys, outside, useCredential } from '../harness/journeys.ts';
import { chain, ids, role, sharedSetup } from '../harness/setup.ts';
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

  describe('role-chain', () => {
    const chained = { 'role-chain': `${chain.first}\n${chain.second}`, 'role-external-id': chain.externalId };

    it.concurrent('delivers the credentials of the last role, with one request a role', async () => {
      const { run, made, identity } = await play(journey, { ...chained, 'allowed-account-ids': ids.otherAccount });
      expect(run.error).toBeUndefined();
      expect(identity).toMatch(`arn:aws:sts::${ids.otherAccount}:assumed-role/publish/`);
      expect(made).toHaveLength(4);
    });

    it.concurrent('tags the sessions with who ran it, custom tags first, and transitive ones once', async () => {
      const { run, made } = await play(journey, {
        ...chained,
        'custom-tags': 'Team = platform\nBranch = mine',
        'transitive-tag-keys': 'Team',
      });
      expect(run.error).toBeUndefined();
      const [first, second] = made.slice(2).map(({ body }) => tagsOf(new URLSearchParams(body)));
      expect(first?.tags).toMatchObject({
        Team: 'platform',
        Branch: 'mine',
        RunId: journey.platform === 'GitHub Actions' ? '9184477120' : '20260',
        Repository: expect.stringMatching(/app$/),
        Actor: expect.stringMatching(/[Mm]ona/),
        Commit: expect.stringMatching(/^[\da-f]{40}$/),
      });
      if (journey.platform === 'GitHub Actions')
        expect(first?.tags).toMatchObject({ EventName: 'push', Job: 'job', TriggeringActor: 'mona' });
      expect(first?.transitive).toEqual(['Team']);
      expect(second?.tags).toMatchObject({ Branch: 'mine' });
      expect(second?.tags).not.toHaveProperty('Team');
      expect(second?.transitive).toEqual([]);
    });

    it.concurrent('what AWS finds too large goes without the tags that it can do without, once', async () => {
      const large = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>PackedPolicyTooLarge</Code><Message>Packed size of session tags consumes 102% of allotted space.</Message>
        </Error><RequestId>a</RequestId></ErrorResponse>`;
      const fault = { status: 400, headers: { 'content-type': 'text/xml' }, body: large };
      const played = (times: number) =>
        play(journey, { ...chained, 'custom-tags': 'Team = platform', 'disable-retry': 'true' }, sharedSetup, {
          service: 'sts',
          body: 'Action=AssumeRole&',
          times,
          fault,
        });
      const { run, made } = await played(1);
      const [first, again] = made.slice(2).map(({ body }) => Object.keys(tagsOf(new URLSearchParams(body)).tags));
      const isGitHub = journey.platform === 'GitHub Actions';
      if (isGitHub) {
        expect(run.error).toBeUndefined();
        expect(first).toEqual(expect.arrayContaining(['EventName', 'Job', 'TriggeringActor', 'RunId', 'Team']));
        expect(again).toEqual(first?.filter((key) => !['EventName', 'Job', 'TriggeringActor'].includes(key)));
        expect(run.visible).toContain('AWS finds the tags of the session too large');
      } else {
        // There are none that it can do without.
        expect(run.error).toContain('the session tags are too large');
      }
      const failed = await played(2);
      expect(failed.run.error).toContain('the session tags are too large');
      expect(failed.made.slice(2)).toHaveLength(isGitHub ? 2 : 1);
    });

    it.concurrent('as many custom tags as AWS takes leave the default ones no room', async () => {
      const custom = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`Tag${index}`, 'x']));
      const { run, made } = await play(journey, { ...chained, 'custom-tags': JSON.stringify(custom) });
      expect(run.error).toBeUndefined();
      expect(tagsOf(new URLSearchParams(made[2]?.body)).tags).toEqual(custom);
    });

    it.concurrent('role-skip-session-tagging leaves the default tags out; custom-tags takes JSON too', async () => {
      const { made } = await play(journey, {
        ...chained,
        'role-skip-session-tagging': 'true',
        'custom-tags': '{"A":"b c","Cost":7}',
      });
      expect(tagsOf(new URLSearchParams(made[2]?.body)).tags).toEqual({ A: 'b c', Cost: '7' });
    });

    it.concurrent('narrows the last session alone', async () => {
      const { made } = await play(journey, {
        ...chained,
        'inline-session-policy': JSON.stringify(policy),
        'role-duration-seconds': '900',
      });
      const forms = made.slice(1).map(({ body }) => new URLSearchParams(body));
      expect(forms.map((form) => form.has('Policy'))).toEqual([false, false, true]);
      expect(forms.map((form) => form.get('DurationSeconds'))).toEqual([null, null, '900']);
    });

    it.concurrent('a role that does not trust the one before it is explained', async () => {
      const { run } = await play(journey, { ...chained, 'role-external-id': 'another' });
      expect(run.error).toContain(
        `AWS denied ${chain.first}: its trust policy does not allow arn:aws:sts::${ids.account}:assumed-role/deploy/`,
      );
      expect(run.error).toContain('"sts:ExternalId": "another"');
      expect(run.error).toContain('"sts:TagSession"');
      expect(run.error).toContain('[EXCHANGE_REFUSED]');
      expect({ ...run.outputs, ...run.exported }).toEqual({});
    });

    it.concurrent('a role that takes no session tags is reported with the input that leaves them out', async () => {
      const setup = (urls: EmulatorUrls) =>
        JSON.parse(
          JSON.stringify(sharedSetup(urls)).replace('["sts:AssumeRole","sts:TagSession"]', '"sts:AssumeRole"'),
        ) as Setup;
      const { run } = await play(journey, chained, setup);
      expect(run.error).toMatch(
        new RegExp(`^AWS denied ${chain.first}: it does not allow arn:\\S+ to pass session tags\\.`),
      );
      expect(run.error).toMatch(/\n {2}Set role-?skip-?session-?tagging and leave custom-?tags out/i);
      const without = await play(journey, { ...chained, 'role-skip-session-tagging': 'true' }, setup);
      expect(without.run.error).toBeUndefined();
    });

    const tags =
      'Set role-?skip-?session-?tagging, which leaves the default tags out, or give fewer or shorter custom-?tags\\.';
    const large = JSON.stringify({ ...policy, Id: 'x'.repeat(1500) });
    it.concurrent.each([
      [
        'Packed size of session tags consumes 108% of allotted space.',
        {},
        'the session tags are too large',
        `${tags}$`,
      ],
      ['Serialized token too large for session', {}, 'the session is too large with its tags', `${tags}$`],
      [
        'Packed policy consumes 120% of allotted space',
        { 'inline-session-policy': large, 'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        'the session is too large with its inline policy, tags, and managed policies',
        `Shorten inline-?session-?policy\\. ${tags} Name fewer managed-?session-?policies\\.$`,
      ],
      [
        'Packed policy consumes 120% of allotted space',
        { 'role-skip-session-tagging': 'true', 'inline-session-policy': large },
        'the session is too large with its inline policy',
        'Shorten inline-?session-?policy\\.$',
      ],
    ])('STS says "%s" to %o: what was sent is named, the largest first', async (said, inputs, what, hint) => {
      const { run } = await play(journey, { ...chained, ...inputs }, sharedSetup, {
        service: 'sts',
        body: `RoleArn=${encodeURIComponent(chain.second)}`,
        // Without the tags that it can do without, too.
        times: 2,
        fault: {
          status: 400,
          headers: { 'content-type': 'text/xml' },
          body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>PackedPolicyTooLarge</Code><Message>${said}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
        },
      });
      expect(run.error).toContain(`AWS denied ${chain.second}: ${what}. [EXCHANGE_REJECTED]`);
      expect(run.error).toMatch(new RegExp(`\n {2}${hint}`, 'im'));
    });

    it.concurrent.each([
      [{ 'role-duration-seconds': '3601' }, 'AWS gives a chained role 3600 seconds at most'],
      [{ 'role-chain': 'publish' }, 'expected the ARN of an IAM role'],
      [{ 'role-chain': 'arn:aws-cn:iam::210987654321:role/publish' }, 'is in partition aws-cn'],
      [{ 'allowed-account-ids': ids.account }, `is in account ${ids.otherAccount}`],
      [{ 'transitive-tag-keys': 'Nothing' }, 'names "Nothing", which is not the key of a tag'],
      [{ 'custom-tags': 'Team' }, 'expected "name = value" on each line'],
      [{ 'custom-tags': 'Team = a\nteam = b' }, 'the key "team" comes twice'],
      [{ 'custom-tags': 'aws:Team = x' }, 'the tag "aws:Team" must have'],
      [{ 'custom-tags': 'Team = <script>' }, 'the tag "Team" must have'],
      [{ 'custom-tags': '{"Team":null}' }, 'the value of "Team" is not a text'],
      [{ 'role-external-id': 'a b' }, 'expected 2 to 1,224 letters'],
      [{ 'role-skip-session-tagging': 'y' }, 'expected true or false'],
      [{ 'role-chain': '', 'role-external-id': 'abc' }, 'AWS takes it for a role that another role assumes alone'],
      [{ 'role-chain': '', 'role-external-id': '', 'custom-tags': 'A = b' }, 'AWS takes it for a role'],
    ])('%o is refused before any request', async (inputs, message) => {
      const { run, made } = await play(journey, { ...chained, ...inputs });
      expect(run.error).toContain(message);
      expect(run.error).toMatch(/^Input "[\w-]+" /);
      expect(made).toHaveLength(0);
    });
  });

  it.concurrent.each([
    ['role-to-assume', {}, 'auto'],
    ['role-to-assume', {}, 'aws'],
    ['roles', { 'role-to-assume': '' }, 'auto'],
    ['roles', { 'role-to-assume': '' }, 'aws'],
    ['roles', {}, 'auto'],
  ] as const)(
    'a role that is denied: the hint names %s, which has it, with %o and identity %s',
    async (named, given, identity) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const unknown = `arn:aws:iam::${ids.account}:role/unknown`;
      const wrong = named === 'roles' ? { ...given, roles: `x = ${unknown}` } : { 'role-to-assume': unknown };
      const { environment } = await emulator.startAwsMachine({ role, form: 'ecs' });
      const all = Object.entries({ 'disable-retry': 'true', identity, ...wrong });
      const inputs = Object.assign({}, ...all.map(([name, value]) => input(journey, name, value)));
      const { error } = await journey.start(emulator, { inputs, environment }).run();
      const [shown = ''] = Object.keys(input(journey, named, ''));
      expect(error).toMatch(new RegExp(`\\n {2}See that ${shown} is right and ${unknown} exists`));
    },
  );

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

async function play(
  journey: Journey,
  given: Record<string, string>,
  setup: (urls: EmulatorUrls) => Setup = sharedSetup,
  fault?: FaultRule,
) {
  await using emulator = await startEmulator({ setup });
  if (fault) emulator.inject(fault);
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  const made = outside(emulator.requests);
  const identity = run.succeeded ? await useCredential(journey, step, run, emulator) : undefined;
  const secret = run.outputs['aws-secret-access-key'] ?? run.outputs.awsSecretAccessKey;
  return { run, secret, made, identity };
}

function tagsOf(form: URLSearchParams): { tags: Record<string, string>; transitive: string[] } {
  const tags: Record<string, string> = {};
  for (let member = 1; form.has(`Tags.member.${member}.Key`); member += 1) {
    tags[form.get(`Tags.member.${member}.Key`) ?? ''] = form.get(`Tags.member.${member}.Value`) ?? '';
  }
  return {
    tags,
    transitive: [...form].filter(([name]) => name.startsWith('TransitiveTagKeys')).map(([, value]) => value),
  };
}
