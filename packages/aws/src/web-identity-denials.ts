import { inertJson } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import { addClientId, awsTrust, command, jobOf, providerArn, withLikelyCause } from '@fedbridge/trust';
import type { RoleRequest } from './role-request.ts';
import { roleSessionRules } from './role-session-denials.ts';
import type { DenialRule } from './sts-denial.ts';

/** What STS's codes mean for a web identity, the first rule that fits. */
export function webIdentityRules(request: RoleRequest, idToken: IdToken): readonly DenialRule[] {
  const { role } = request;
  const { issuer } = idToken;
  return [
    {
      code: 'InvalidIdentityToken',
      message: /No OpenIDConnect provider/i,
      what: 'the account has no OIDC provider for this issuer',
      kind: 'denied',
      hint: `See that {roleToAssume} is of the right account. If it is, create the provider in account ${role.accountId}, with the issuer exactly as the token has it.`,
      document: command('aws', 'iam create-open-id-connect-provider', {
        ...{ url: issuer, 'client-id-list': inertJson(clientIds(idToken)) },
      }),
    },
    ...invalidTokenRules(request, idToken),
    {
      code: 'IDPCommunicationError',
      what: 'the issuer could not be reached',
      kind: 'unavailable',
      hint: `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
      code: 'AccessDenied',
      what: 'its trust policy does not allow this job, or it does not exist',
      kind: 'denied',
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

type InvalidToken = Omit<DenialRule, 'code'>;

/** What STS says of a token that it does not take. */
function invalidTokenRules(request: RoleRequest, idToken: IdToken): readonly DenialRule[] {
  const { issuer } = idToken;
  const rules: readonly InvalidToken[] = [
    ...audienceRules(request, idToken),
    {
      message: /retrieve verification key/i,
      what: "the issuer's keys could not be read in time, or the token's is not among them",
      kind: 'unavailable',
      hint: `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    ...claimRules(issuer),
    {
      what: 'the ID token is not valid',
      kind: 'rejected',
      hint: `See that the IAM OIDC provider is for ${issuer}, exactly.`,
    },
  ];
  return rules.map((rule) => ({ code: 'InvalidIdentityToken', ...rule }));
}

/**
 * It has said of an audience that it does not know, "Incorrect token audience", and says the same of it now as of a bad signature.
 * Source: captures of real STS, radkawar/stackd, `internal/services/sts/testdata/oidc`, 2026-09-11.
 */
function audienceRules(request: RoleRequest, idToken: IdToken): readonly InvalidToken[] {
  return [
    {
      message: /more than one audience/i,
      what: 'the token has several audiences, and no azp that says which counts',
      kind: 'rejected',
      hint: 'Ask the issuer for a token of one audience: AWS takes no other.',
    },
    {
      message: /Incorrect token audience/i,
      what: "the audience is not among the OIDC provider's",
      kind: 'denied',
      ...audience(request, idToken),
    },
    {
      message: /could not be validated/i,
      what: "the audience is not among the OIDC provider's, or the issuer's keys do not verify the token",
      kind: 'denied',
      ...audience(request, idToken),
    },
  ];
}

function claimRules(issuer: string): readonly InvalidToken[] {
  return [
    {
      message: /not yet valid|issued in the future|Invalid timestamp/i,
      what: 'the ID token is outside its time range',
      kind: 'rejected',
      hint: 'The clock of the issuer is wrong.',
    },
    {
      message: /roles? claim/i,
      what: 'the ID token is for other roles',
      kind: 'rejected',
      hint: `See that {roleToAssume} is right. If it is, its ARN must be in the claim https://aws.amazon.com/roles that ${issuer} puts into the token.`,
    },
    {
      message: /required claim|not allowed to be empty|not in correct format/i,
      what: 'the ID token lacks a claim that AWS asks for, or has it in another form',
      kind: 'rejected',
      hint: `AWS asks for iss, sub, aud, iat and exp. See what ${issuer} is set up to put into a token.`,
    },
  ];
}

/** What to look at, and what the trust policy must say. */
function trustPolicy(
  what: string,
  { role }: RoleRequest,
  { claims, subject }: IdToken,
): Pick<DenialRule, 'hint' | 'document'> {
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

function audience({ role }: RoleRequest, idToken: IdToken): Pick<DenialRule, 'hint' | 'document'> {
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
