import { HttpClient, realSystem } from '@fedbridge/core';
import { afterAll, describe, expect, it } from 'vitest';
import { quietOutbound } from '../../../test/harness/outbound.ts';
import { unsignedToken } from '../../../test/harness/tokens.ts';
import { IdToken } from './id-token.ts';
import { Identity, type IdentityPlan } from './identity.ts';
import type { Platform, PlatformJob } from './platform.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const token = IdToken.parse(unsignedToken({ iss: 'https://i', sub: 's', aud: 'a', exp: 4e9, ref: 'main' }));
const job: PlatformJob = { kind: 'github', environment: { HERE: 'job' } };
const request = { by: 'bearer', url: new URL('https://tokens.example.com'), bearer: 'b' } as const;
/** A platform whose jobs get that token, and which tells what environment it was asked from. */
const seen: unknown[] = [];
const github: Platform = {
  name: 'github',
  foundBy: 'CI',
  hasServiceConnections: false,
  isHere: () => true,
  jobOf: () => job,
  canAsk: () => true,
  tokenRequest: () => request,
  idTokenSource: (_job, { system }) => {
    seen.push(system.environment);
    return { name: 'GitHub', audience: 'chosen', getIdToken: async () => token };
  },
};
const lines: string[] = [];
const outbound = quietOutbound(
  {
    http,
    deadline: Date.now() + 300_000,
    maxAttempts: 1,
    log: (line) => lines.push(line),
    debug: (line) => lines.push(line),
  },
  realSystem({ HERE: 'step' }),
);
const of = (source: IdentityPlan['source'], requiredClaims: IdentityPlan['requiredClaims'] = []) =>
  new Identity({ source, requiredClaims }, outbound, [github]);

describe('every ID token', () => {
  it('comes with the claims that are required, or not at all', async () => {
    expect(await of(job, [['ref', 'm*']]).getIdToken('a')).toBe(token);
    await expect(of(job, [['ref', 'release']]).getIdToken('a')).rejects.toMatchObject({ code: 'ID_TOKEN_CLAIM' });
  });

  it('is told of by its claims, for whoever debugs, and never as it is', async () => {
    await of(job, [['ref', 'none']])
      .getIdToken()
      .catch(() => {});
    expect(lines.at(-1)).toContain('ID token of GitHub: {"iss":"https://i"');
    expect(lines.join()).not.toContain(token.reveal());
  });

  it('is asked for from the environment of its job, not that of the process that asks', () => {
    of(job);
    expect(seen.at(-1)).toEqual({ HERE: 'job' });
  });
});

describe('what no ID token stands behind', () => {
  const machine = {
    kind: 'managed-identity',
    known: true,
    identity: { id: { by: 'system' }, endpoint: { form: 'imds', url: 'http://127.0.0.1:9' } },
  } as const;

  it('is an error where claims are required, before anything is asked', async () => {
    const error = { code: 'INPUT_INVALID', message: expect.stringContaining('The claim "ref" is required') };
    await expect(of(machine, [['ref', '*']]).getMachineToken('https://x')).rejects.toMatchObject(error);
    expect(() => of({ kind: 'aws' }, [['ref', '*']]).withoutIdToken('AWS has none')).toThrow(
      expect.objectContaining({ detail: { hint: expect.stringMatching(/^AWS has none, and no ID token is sent\./) } }),
    );
    expect(() => of({ kind: 'aws' }).withoutIdToken('AWS has none')).not.toThrow();
  });

  it("is the machine's alone", async () => {
    await expect(of(job).getMachineToken('https://x')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: "The identity is github, not the machine's.",
    });
  });

  it.each([undefined, 'sts.amazonaws.com'])('is no ID token: identity aws has none for %s', (audience) =>
    expect(of({ kind: 'aws' }).getIdToken(audience)).rejects.toMatchObject({ code: 'INPUT_INVALID' }),
  );
});

it('how scripts ask for tokens is known of a platform alone', () => {
  expect(of(job).tokenRequest()).toBe(request);
  expect(of({ kind: 'aws' }).tokenRequest()).toBeUndefined();
  expect(() => new Identity({ source: job, requiredClaims: [] }, outbound, [])).toThrow('Nothing here asks github');
});

describe('what an identity can', () => {
  const identity = { id: { by: 'system' }, endpoint: { form: 'imds', url: 'http://127.0.0.1:9' } } as const;
  const pod = { kind: 'kubernetes', files: { A: '/a', B: '/b' } } as const;

  it.each<[IdentityPlan['source'], { isAwsCredentials?: boolean; machine?: typeof identity; isInFiles?: boolean }]>([
    [job, {}],
    [pod, { isInFiles: true }],
    [{ kind: 'aws' }, { isAwsCredentials: true }],
    [{ kind: 'managed-identity', identity, known: true }, { machine: identity }],
  ])('is said by it, so that nobody asks what kind it is: %o', (source, can) => {
    const { isAwsCredentials, machine, isInFiles } = of(source);
    expect({ isAwsCredentials, machine, isInFiles }).toEqual({
      isAwsCredentials: false,
      machine: undefined,
      isInFiles: false,
      ...can,
    });
  });

  it('is told of one token file, with what is required of its token', () => {
    expect(of(pod, [['ref', '*']]).ofTokenFile('B')?.plan).toEqual({
      source: { kind: 'kubernetes', files: { B: '/b' } },
      requiredClaims: [['ref', '*']],
    });
    expect(of(pod).ofTokenFile('C')).toBeUndefined();
    expect(of(job).ofTokenFile('A')).toBeUndefined();
  });

  it('is renewed without the ID token that came with a connection', () => {
    const plan = {
      source: { ...job, connectionId: 'c', idToken: token.reveal() },
      requiredClaims: [['ref', '*']],
    } as const;
    expect(of(plan.source, plan.requiredClaims).planToRenew).toEqual({
      ...plan,
      source: { ...plan.source, idToken: undefined },
    });
    expect(of(pod).planToRenew).toEqual({ source: pod, requiredClaims: [] });
  });
});

it('which identity was chosen, and why, is in the log', async () => {
  const options = { wanted: 'aws', own: job, platforms: [github], managedIdentity: { by: 'system' } } as const;
  const identity = await Identity.choose({ ...options, requiredClaims: [] }, outbound);
  expect([identity.kind, identity.name, identity.audience]).toEqual(['aws', 'AWS', 'given']);
  expect(lines).toContain('Identity: aws, as asked for.');
});
