import type { IdToken } from '@fedbridge/core';
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
      hint: `Create the IAM OIDC provider in account ${role.accountId}: URL ${issuer}, audience ${idToken.audiences.join()}.`,
    },
    {
      code: 'InvalidIdentityToken',
      message: /audience/i,
      what: "the audience is not among the OIDC provider's",
      kind: 'refused',
      hint: audience(request, idToken),
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
      hint: trustPolicy(request, idToken),
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
      hint: trustPolicy(request, idToken),
    },
    ...roleSessionRules(role, request.region),
  ];
}

const provider = ({ issuer }: IdToken) => issuer.replace(/^https?:\/\//, '');

const trustPolicy = ({ role }: RoleRequest, idToken: IdToken): string => {
  const name = provider(idToken);
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:${role.partition}:iam::${role.accountId}:oidc-provider/${name}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${name}:aud`]: idToken.audiences.join(), [`${name}:sub`]: idToken.subject },
    },
  };
  return `See that ${role.arn} exists and that its trust policy has this statement:\n${JSON.stringify(statement, null, 2)}`;
};

const audience = (request: RoleRequest, idToken: IdToken): string => {
  const { azp } = idToken.claims;
  const list = `The IAM OIDC provider ${provider(idToken)} in account ${request.role.accountId} must list the audience ${idToken.audiences.join()}.`;
  if (azp === undefined || idToken.audiences.includes(azp)) return list;
  return `${list}\nThe token also has azp ${azp}, which STS has been seen to check in place of the audience: list it too, and let the condition on sub be the guard.`;
};
