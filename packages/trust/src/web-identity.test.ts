import { conditionKeysOf } from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';
import {
  awsTrust,
  connectionJob,
  evaluateTrustPolicy,
  parseTrustPolicy,
  providerAccepts,
  webIdentityRequest,
} from './index.ts';

const issuer = 'https://login.microsoftonline.com/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9/v2.0';
const [aud, azp] = ['fb60f99c-7a34-4190-8149-302f77469936', '499b84ac-1321-427f-aa17-267ca6975798'];
const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer.slice('https://'.length)}`;

describe('A token with an azp', () => {
  const { provider: written, trustPolicy } = awsTrust(connectionJob(issuer, '/eid1/x'), {
    account: '123456789012',
    partition: 'aws',
  });
  const ask = (policy: object, claims: object) => {
    const request = webIdentityRequest(
      { iss: issuer, sub: '/eid1/x', ...claims },
      provider,
      conditionKeysOf(issuer),
      0,
    );
    return evaluateTrustPolicy(parseTrustPolicy(policy), request).allowed;
  };

  it('is allowed by what is written for it, and by nothing that takes aud for its audience', () => {
    expect(ask(trustPolicy, { aud, azp })).toBe(true);
    expect(ask(trustPolicy, { aud })).toBe(false);
    expect(ask(trustPolicy, { aud: 'api://other', azp })).toBe(false);
    const [statement] = trustPolicy.Statement;
    const name = issuer.slice('https://'.length);
    const mistaken = { StringEquals: { [`${name}:aud`]: aud, [`${name}:sub`]: '/eid1/x' } };
    expect(ask({ ...trustPolicy, Statement: [{ ...statement, Condition: mistaken }] }, { aud, azp })).toBe(false);
  });

  it('is taken by a provider that lists the azp, and its audience need not be there', () => {
    expect(providerAccepts(written.ClientIDList, { aud, azp })).toBe(true);
    expect(providerAccepts([aud], { aud, azp })).toBe(false);
    expect(providerAccepts([aud], { aud })).toBe(true);
    expect(providerAccepts([aud], { aud: [aud] })).toBe(true);
    expect(providerAccepts([aud, 'other'], { aud: [aud, 'other'] })).toBe(false);
    expect(providerAccepts([azp], { aud: [aud, 'other'], azp })).toBe(true);
  });
});

describe('Condition keys of a token', () => {
  const gitHub = 'https://token.actions.githubusercontent.com';
  const contextOf = (iss: string, claims: object) =>
    webIdentityRequest({ iss, aud: 'a', ...claims }, provider, conditionKeysOf(iss), 0, { 'sts:RoleSessionName': 's' })
      .context;
  const own = (iss: string, claims: object) =>
    Object.keys(contextOf(iss, claims)).filter((key) => !key.startsWith('aws:'));

  it('are those that STS fills, and no others that it has', () => {
    const claims = {
      sub: 's',
      enterprise_id: 7,
      repository_owner: 'octo',
      event_name: 'push',
      repo_property_team: 'x',
    };
    const hub = 'token.actions.githubusercontent.com';
    expect(own(gitHub, claims)).toEqual([
      `${hub}:aud`,
      `${hub}:oaud`,
      `${hub}:sub`,
      `${hub}:enterprise_id`,
      'sts:RoleSessionName',
    ]);
    expect(contextOf(gitHub, claims)[`${hub}:enterprise_id`]).toBe('7');
    expect(own(`${gitHub}.evil.example`, { actor: 'octocat' })).not.toContain(`${hub}.evil.example:actor`);
  });

  it('hold several values where the claim does', () => {
    expect(contextOf(gitHub, { amr: ['pwd', 1] })).toMatchObject({
      'token.actions.githubusercontent.com:amr': ['pwd', '1'],
    });
  });
});
