import type { STSServiceException } from '@aws-sdk/client-sts';
import { FedbridgeError, type HttpResponse, type IdToken, unavailable } from '@fedbridge/core';
import type { RoleRequest } from './assume-role.ts';

type Kind = 'refused' | 'rejected' | 'unavailable';

interface Explanation {
  /** Follows "AWS refused: ". */
  readonly what: string;
  readonly kind: Kind;
  readonly hint: (request: RoleRequest, idToken: IdToken) => string;
}

/** An explanation holds for a code, and where one code says several things, for a part of its message. */
interface Rule extends Explanation {
  readonly code: string;
  readonly message?: RegExp;
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

const rules: readonly Rule[] = [
  {
    code: 'InvalidIdentityToken',
    message: /No OpenIDConnect provider/i,
    what: 'the account has no OIDC provider for this issuer',
    kind: 'refused',
    hint: ({ role }, idToken) =>
      `Create the IAM OIDC provider in account ${role.accountId}: URL ${idToken.issuer}, audience ${idToken.audiences.join()}.`,
  },
  {
    code: 'InvalidIdentityToken',
    message: /audience/i,
    what: "the audience is not among the OIDC provider's",
    kind: 'refused',
    hint: audience,
  },
  {
    code: 'InvalidIdentityToken',
    message: /retrieve verification key/i,
    what: "the issuer's keys could not be read in time",
    kind: 'unavailable',
    hint: (_, { issuer }) => `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
  },
  {
    code: 'InvalidIdentityToken',
    what: 'the ID token is not valid',
    kind: 'rejected',
    hint: (_, { issuer }) => `See that the IAM OIDC provider is for ${issuer}, to the letter.`,
  },
  {
    code: 'IDPCommunicationError',
    what: 'the issuer could not be reached',
    kind: 'unavailable',
    hint: (_, { issuer }) => `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
  },
  {
    code: 'AccessDenied',
    what: 'the role does not trust this job, or does not exist',
    kind: 'refused',
    hint: trustPolicy,
  },
  {
    code: 'ExpiredToken',
    what: 'the ID token has ended',
    kind: 'rejected',
    hint: () => 'The clock of this machine, or of the issuer, is wrong.',
  },
  { code: 'IDPRejectedClaim', what: 'the issuer rejected the claim', kind: 'rejected', hint: trustPolicy },
  {
    code: 'RegionDisabled',
    what: 'STS is not active in this region for the account',
    kind: 'rejected',
    hint: ({ role, region }) =>
      `Activate STS in ${region} in the account settings of ${role.accountId}, or use another region.`,
  },
  {
    code: 'ValidationError',
    message: /DurationSeconds|MaxSessionDuration/i,
    what: 'the role does not allow a session of that length',
    kind: 'rejected',
    hint: ({ role }) => `Ask for less, or raise the maximum session duration of ${role.arn}.`,
  },
  {
    code: 'MalformedPolicyDocument',
    what: 'the session policy is not one that IAM accepts',
    kind: 'rejected',
    hint: () => 'See inline-session-policy (inlineSessionPolicy), and that managed policies exist in the account.',
  },
  {
    code: 'PackedPolicyTooLarge',
    what: 'the session policies are too large together',
    kind: 'rejected',
    hint: () => 'Shorten inline-session-policy (inlineSessionPolicy) or name fewer managed policies.',
  },
  { code: 'Throttling', what: 'it is throttling', kind: 'unavailable', hint: () => 'Fewer jobs at once help.' },
];

const unknown: Explanation = {
  what: 'the request was not accepted',
  kind: 'rejected',
  hint: () => 'Look the code up in the AWS STS API Reference, AssumeRoleWithWebIdentity.',
};

const errors = {
  refused: { code: 'EXCHANGE_REFUSED', recovery: 'refusal' },
  rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never' },
  unavailable: { code: 'UNAVAILABLE', recovery: 'transient' },
} as const;

/** STS's error, as the SDK gives it, as ours: what its code means here, and what to change. */
export function refusal(
  error: STSServiceException,
  response: HttpResponse | undefined,
  request: RoleRequest,
  idToken: IdToken,
  now: number,
): FedbridgeError {
  const later = response && unavailable(response, 'STS', now);
  if (later) return later;
  const requestId = error.$metadata?.requestId;
  const status = `HTTP ${response?.status ?? 'none'}`;
  // An answer that is no STS error reaches us as an error of the SDK's parser.
  if (!response || response.status === 200 || error.$fault === undefined || !/^[A-Z]\w{2,63}$/.test(error.name)) {
    return new FedbridgeError('ANSWER_MALFORMED', 'STS answered with something that is not an answer of STS.', {
      answer: status,
      hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
    });
  }
  // The SDK names some errors after their code alone and some with "Exception" behind it.
  const name = error.name.replace(/Exception$/, '');
  const rule = rules.find(({ code, message }) => code === name && (message?.test(error.message) ?? true));
  const { what, kind, hint } = rule ?? unknown;
  return new FedbridgeError(errors[kind].code, `AWS refused ${request.role.arn}: ${what}.`, {
    presented: idToken.presented,
    answer: [name, status, requestId && /^[\w-]{1,64}$/.test(requestId) ? `request ${requestId}` : '']
      .filter(Boolean)
      .join(', '),
    hint: hint(request, idToken),
    recovery: errors[kind].recovery,
  });
}
