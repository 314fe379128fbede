import { parseEndpoint } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { admittedToken } from '../../../test/harness/tokens.ts';
import { webIdentityDenials } from '../../../test/harness/web-identity-denials.ts';
import { parseRoleArn } from './role-arn.ts';
import { parseSessionName } from './session-name.ts';
import { webIdentityRules } from './web-identity-denials.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const account = '123456789012';
const claims = {
  ...{ iss: issuer, sub: 'repo:octo/app:ref:refs/heads/main', aud: 'sts.amazonaws.com', exp: 4e9 },
  ...{ repository: 'octo/app', repository_owner: 'octo', ref: 'refs/heads/main' },
};
const request = {
  endpoint: parseEndpoint('https://sts.example.com', 'x'),
  region: 'eu-central-1',
  role: parseRoleArn(`arn:aws:iam::${account}:role/deploy`),
  sessionName: parseSessionName('mine'),
};

/** What is said of an error of STS: the first rule that fits. */
function said(code: string, message = '', more: object = {}) {
  const rules = webIdentityRules(request, admittedToken({ ...claims, ...more }));
  return rules.find((one) => one.code === code && (one.message?.test(message) ?? true));
}

describe('what STS says of an ID token', () => {
  it.each(webIdentityDenials)('$code, "$message", is $kind: $what', ({ code, message, kind, what }) => {
    // The SDK takes that end away.
    expect(said(code.replace(/Exception$/, ''), message)).toMatchObject({ kind, what: expect.stringContaining(what) });
  });
});

describe('what is to be pasted', () => {
  const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;

  it('makes the provider, with the issuer exactly as the token has it', () => {
    const { document } = said('InvalidIdentityToken', 'No OpenIDConnect provider') ?? {};
    expect(document).toContain('create-open-id-connect-provider');
    expect(document).toContain(issuer);
    expect(document).toContain('sts.amazonaws.com');
  });

  it('adds the audience to the provider, and of a token with azp that, which STS looks for in its place', () => {
    expect(said('InvalidIdentityToken', 'Incorrect token audience')).toMatchObject({
      hint: expect.stringContaining('See that {audience} is right.'),
      document: expect.stringMatching(
        new RegExp(`add-client-id-to-open-id-connect-provider.*${provider}.*sts.amazonaws.com`, 's'),
      ),
    });
    const byAzp = said('InvalidIdentityToken', 'Incorrect token audience', { azp: 'the-app' });
    expect(byAzp?.hint).toContain('The token has azp the-app, which STS checks in place of the audience');
    expect(byAzp?.document).toContain('the-app');
    expect(byAzp?.document).not.toContain('sts.amazonaws.com');
  });

  it('is a trust policy that has this job, and no command that would lose the other statements', () => {
    const { hint, document = '' } = said('AccessDenied') ?? {};
    expect(hint).toContain(`See that {roleToAssume} is right and ${request.role.arn} exists.`);
    expect(JSON.parse(document)).toMatchObject({ Statement: [{ Principal: { Federated: provider } }] });
    expect(document).toContain(claims.sub);
  });

  it('is text in a shell and a log, whatever the claims are', () => {
    const hostile = { aud: "a'; rm -rf / #\n::set-output name=x::y", azp: undefined };
    const { document = '' } = said('InvalidIdentityToken', 'No OpenIDConnect provider', hostile) ?? {};
    expect(document).not.toMatch(/^::/m);
    expect(document.split('\n').some((line) => /^\s*'?; rm/.test(line))).toBe(false);
  });
});
