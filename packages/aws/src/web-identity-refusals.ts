import { inertJson } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import { awsTrust, command, jobOf, providerArn, withLikelyCause } from '@fedbridge/trust';
import type { RoleRequest } from './assume-role.ts';
import type { Rule } from './refusal.ts';
import { roleSessionRules } from './role-session-refusals.ts';

/** What STS's codes mean for a web identity, the first rule that fits. */
export function webIdentityRules(request: RoleRequest, idToken: IdToken): readonly Rule[] {
  const { role } = request;
  const { issuer } = idToken;
  return [
    {
      code: 'InvalidIdentityToken',
      message: /No OpenIDConnect provider/i,
      what: 'the account has no OIDC provider for this issuer',
      kind: 'refused',
      hint: `Create it in account ${role.accountId}. The issuer is what the token says, to the letter.`,
      document: command('aws', 'iam create-open-id-connect-provider', {
        ...{ url: issuer, 'client-id-list': inertJson(idToken.audiences) },
      }),
    },
    {
      code: 'InvalidIdentityToken',
      message: /audience/i,
      what: "the audience is not among the OIDC provider's",
      kind: 'refused',
      ...audience(request, idToken),
    },
    {
      code: 'InvalidIdentityToken',
      message: /retrieve verification key/i,
      what: "the issuer's keys could not be read in time",
      kind: 'unavailable',
      hint: `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
      code: 'InvalidIdentityToken',
      what: 'the ID token is not valid',
      kind: 'rejected',
      hint: `See that the IAM OIDC provider is for ${issuer}, to the letter.`,
    },
    {
      code: 'IDPCommunicationError',
      what: 'the issuer could not be reached',
      kind: 'unavailable',
      hint: `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
      code: 'AccessDenied',
      what: 'the role does not trust this job, or does not exist',
      kind: 'refused',
      ...trustPolicy(`See that ${role.arn} exists and that its trust policy has this statement:`, request, idToken),
    },
    {
      code: 'ExpiredToken',
      what: 'the ID token has ended',
      kind: 'rejected',
      hint: 'The clock of this machine, or of the issuer, is wrong.',
    },
    {
      code: 'IDPRejectedClaim',
      what: 'the issuer rejected the claim',
      kind: 'rejected',
      ...trustPolicy('A claim of the token is not what the issuer or the trust policy allows:', request, idToken),
    },
    ...roleSessionRules(role, request.region),
  ];
}

/** What to look at, and what the trust policy must say. */
function trustPolicy(
  what: string,
  { role }: RoleRequest,
  { claims, subject }: IdToken,
): Pick<Rule, 'hint' | 'document'> {
  const { accountId: account, partition } = role;
  return {
    hint: withLikelyCause(subject, what),
    document: inertJson(awsTrust(jobOf(claims), { account, partition }).trustPolicy, 2),
  };
}

function audience({ role }: RoleRequest, { issuer, audiences, claims }: IdToken): Pick<Rule, 'hint' | 'document'> {
  const { azp } = claims;
  const isChecked = azp !== undefined && !audiences.includes(azp);
  const arn = providerArn(issuer, role.accountId, role.partition);
  const missing = [...audiences, ...(isChecked ? [azp] : [])];
  return {
    hint: isChecked
      ? `The token also has azp ${azp}, which STS has been seen to check in place of the audience: list both, and let the condition on sub be the guard.`
      : `The IAM OIDC provider must list the audience ${audiences.join()}.`,
    document: missing
      .flatMap((id) => {
        const options = { 'open-id-connect-provider-arn': arn, 'client-id': id };
        return command('aws', 'iam add-client-id-to-open-id-connect-provider', options) ?? [];
      })
      .join('\n'),
  };
}
