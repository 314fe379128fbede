import { inertJson } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import { addClientId, awsTrust, command, jobOf, providerArn, withLikelyCause } from '@fedbridge/trust';
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
      hint: `See that {roleToAssume} is of the right account. If it is, create the provider in account ${role.accountId}, with the issuer exactly as the token has it.`,
      document: command('aws', 'iam create-open-id-connect-provider', {
        ...{ url: issuer, 'client-id-list': inertJson(clientIds(idToken)) },
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
      hint: `See that the IAM OIDC provider is for ${issuer}, exactly.`,
    },
    {
      code: 'IDPCommunicationError',
      what: 'the issuer could not be reached',
      kind: 'unavailable',
      hint: `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
      code: 'AccessDenied',
      what: 'its trust policy does not allow this job, or it does not exist',
      kind: 'refused',
      ...trustPolicy(
        `See that {roleToAssume} is right and ${role.arn} exists. If it does, add the statement of this document to its trust policy. The document is a whole trust policy, for a role that has no other statements to keep: "aws iam update-assume-role-policy" replaces all of them:`,
        request,
        idToken,
      ),
    },
    {
      code: 'ExpiredToken',
      what: 'the ID token has expired',
      kind: 'rejected',
      hint: 'The clock of this machine, or of the issuer, is wrong.',
    },
    {
      code: 'IDPRejectedClaim',
      what: 'the issuer rejected the token',
      kind: 'rejected',
      hint: `The token was revoked, or ${issuer} does not know it any more. Run the job again.`,
    },
    ...roleSessionRules(request),
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

/** Where a token has `azp`, that is what STS looks for among the provider's client ids, and its audience need not be there. */
function clientIds({ audiences, claims }: IdToken): readonly string[] {
  return claims.azp === undefined ? audiences : [claims.azp];
}

function audience({ role }: RoleRequest, idToken: IdToken): Pick<Rule, 'hint' | 'document'> {
  const arn = providerArn(idToken.issuer, role.accountId, role.partition);
  const ids = clientIds(idToken);
  const { azp } = idToken.claims;
  return {
    hint:
      azp === undefined
        ? `See that {audience} is right. If it is, the IAM OIDC provider must list ${ids.join()}.`
        : `The token has azp ${azp}, which STS checks in place of the audience: the IAM OIDC provider must list it.`,
    document: ids.flatMap((id) => addClientId(arn, id) ?? []).join('\n'),
  };
}
