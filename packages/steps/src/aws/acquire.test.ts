import type { AdmittedCredentials } from '@fedbridge/aws';
import { FedbridgeError, HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { acquireAll, requestsFor } from './acquire.ts';
import { awsInputs } from './inputs.ts';
import { wantedRoles } from './wanted-roles.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const arn = 'arn:aws:iam::123456789012:role/deploy';
const plan = 'arn:aws:iam::123456789012:role/plan';

function requests(inputs: Readonly<Record<string, string>>) {
  const host = hostWith({ roleToAssume: arn, awsRegion: 'eu-central-1', ...inputs });
  const parsed = readInputs(awsInputs, host);
  return requestsFor(host, parsed, wantedRoles(host, parsed, false));
}

describe('what STS is asked for', () => {
  it("is the session that it gives by itself, at the region's own endpoint, under a name that says who ran it", () => {
    const [request] = requests({});
    expect({ ...request, endpoint: request?.endpoint.href, path: request?.path.map(({ role }) => role) }).toEqual({
      endpoint: 'https://sts.eu-central-1.amazonaws.com/',
      region: 'eu-central-1',
      sessionName: 'github-octo-app-7',
      path: ['deploy'],
      durationSeconds: undefined,
      inlinePolicy: undefined,
      managedPolicies: undefined,
      externalId: undefined,
      tags: [],
      transitiveTagKeys: [],
      allowedAccountIds: undefined,
      plainSecret: false,
    });
  });

  it('is what the user says, the same for every role: a guard that were lost on the way would guard nothing', () => {
    const policy = '{"Version":"2012-10-17","Statement":[]}';
    const inputs = {
      roles: `plan = ${plan}`,
      roleChain: plan,
      stsEndpoint: 'https://vpce-1.sts.eu-central-1.vpce.amazonaws.com',
      roleSessionName: 'mine',
      roleDurationSeconds: '900',
      inlineSessionPolicy: policy,
      managedSessionPolicies: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      roleExternalId: 'the-id',
      customTags: 'team = core',
      transitiveTagKeys: 'team',
      allowedAccountIds: '123456789012',
      specialCharactersWorkaround: 'true',
    };
    const said = {
      region: 'eu-central-1',
      sessionName: 'mine',
      durationSeconds: 900,
      inlinePolicy: policy,
      managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      externalId: 'the-id',
      tags: [{ key: 'team', value: 'core' }],
      transitiveTagKeys: ['team'],
      // As JSON, a set would be nothing.
      allowedAccountIds: ['123456789012'],
      plainSecret: true,
    };
    const made = requests(inputs);
    expect(made).toEqual([expect.objectContaining(said), expect.objectContaining(said)]);
    expect(made.map(({ endpoint }) => endpoint.href)).toEqual(Array(2).fill(`${inputs.stsEndpoint}/`));
  });

  it("is asked for in China at China's own endpoint", () => {
    const [request] = requests({ roleToAssume: arn.replace('aws', 'aws-cn'), awsRegion: 'cn-north-1' });
    expect(request?.endpoint.href).toBe('https://sts.cn-north-1.amazonaws.com.cn/');
  });
});

describe('several roles at once', () => {
  const lines: string[] = [];
  const outbound = quietOutbound(
    { http, deadline: 0, maxAttempts: 1, log: (line) => lines.push(line) },
    realSystem({}),
  );
  const got = (title: string) => Promise.resolve({ title } as AdmittedCredentials);
  const refused = (message: string, after = 0) =>
    new Promise<never>((_, reject) => {
      const turns = (left: number): unknown =>
        left === 0 ? reject(new FedbridgeError('EXCHANGE_REFUSED', message)) : setImmediate(turns, left - 1);
      turns(after);
    });

  it('are all of them, in the order that they were asked for', async () => {
    expect(await acquireAll([got('a'), got('b')], outbound)).toEqual([{ title: 'a' }, { title: 'b' }]);
  });

  it('are none where one is denied; the error is that of the first, whichever came first, and the log has the others', async () => {
    const all = [got('a'), refused('No b.', 3), got('c'), refused('No d.')];
    await expect(acquireAll(all, outbound)).rejects.toMatchObject({ message: 'No b.' });
    expect(lines).toEqual(['No d.']);
  });
});
