import { type AdmittedCredentials, AwsCredentials } from '@fedbridge/aws';
import { parseProfileName } from '@fedbridge/aws/profiles';
import { HttpClient } from '@fedbridge/core';
import { Identity } from '@fedbridge/identity';
import { afterAll, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { standInBroker } from '../../../../test/harness/stand-in-broker.ts';
import { requestsFor } from './acquire.ts';
import { awsInputs } from './inputs.ts';
import { keepAwsFresh } from './keep-fresh.ts';
import { wantedRoles } from './wanted-roles.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const secretsOf = (who: string) => ({
  accessKeyId: who,
  secretAccessKey: `${who}-secret`,
  sessionToken: `${who}-token`,
});
const credentialsOf = (who: string, expiresAt: number | undefined) =>
  new AwsCredentials(secretsOf(who), {
    ...{ role: { arn: `arn:${who}`, accountId: '123456789012' }, expiresAt, presented: undefined },
  }) as AdmittedCredentials;

it('roles are kept fresh under names that are no others, from what was acquired, and reached by what was told to nobody', async () => {
  const broker = standInBroker();
  const arn = 'arn:aws:iam::123456789012:role/deploy';
  const host = hostWith({ roleToAssume: arn, roles: `main = ${arn}`, awsRegion: 'eu-central-1', keepFreshMax: '2' });
  const now = Date.now();
  Object.assign(host.system, { now: () => now });
  const outbound = quietOutbound(
    { http, deadline: now + 300_000, maxAttempts: 1, mask: (secret) => host.mask(secret) },
    host.system,
  );
  const identity = new Identity({ source: { kind: 'aws' }, requiredClaims: [['ref', 'main']] }, outbound, []);
  const inputs = readInputs(awsInputs, host);
  const [request, ofNamed] = requestsFor(host, inputs, wantedRoles(host, inputs, false));
  if (!request || !ofNamed) throw new Error('two roles are wanted');
  const name = parseProfileName('main');
  const kept = await keepAwsFresh(
    { host, identity, brokerScript: broker.script, outbound },
    inputs,
    { audience: 'sts.amazonaws.com', own: undefined },
    [
      { name: undefined, request, credentials: credentialsOf('first', now + 1000) },
      // Of those that the job had nobody knows how long they are good.
      { name, request: ofNamed, credentials: credentialsOf('second', undefined) },
    ],
  );
  const { plan: _plan, ...aws } = broker.plan().endpoints?.aws ?? {};
  expect(_plan).toMatchObject({
    audience: 'sts.amazonaws.com',
    roles: [
      {
        name: 'main',
        request: { region: 'eu-central-1' },
        lease: { value: secretsOf('first'), expiresAt: now + 1000 },
      },
      { name: 'named/main' },
    ],
  });
  expect((_plan as { roles: object[] }).roles[1]).not.toHaveProperty('lease');
  expect(broker.plan()).toMatchObject({
    identity: { requiredClaims: [['ref', 'main']] },
    ...{ endsAt: now + 7_200_000, idTokens: false },
  });
  expect(kept.endsAt).toBe(now + 7_200_000);

  const secret = broker.plan().secrets.aws;
  expect(kept.secretVariables).toEqual({ AWS_CONTAINER_AUTHORIZATION_TOKEN: secret });
  expect([...host.masked]).toContain(secret);
  expect(kept.variables(undefined)).toEqual({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${broker.origin}/aws/main`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: expect.stringMatching(/aws-authorization$/),
  });
  expect(kept.variables(name).AWS_CONTAINER_CREDENTIALS_FULL_URI).toBe(`${broker.origin}/aws/named%2Fmain`);
  // A command line can be read by whoever is on the machine.
  for (const line of [kept.process(undefined), kept.process(name)]) expect(line).not.toContain(secret);
  expect(kept.process(name)).toContain('named/main');
  expect(Object.keys(aws)).toEqual(['secretFile']);
});
