import { FedbridgeError, textMember } from '@fedbridge/core';
import type { IdToken } from '@fedbridge/identity';
import { entraTrust, jobOf, withLikelyCause } from '@fedbridge/trust';
import type { AccessTokenRequest } from './exchange.ts';

interface Explanation {
  /** Follows "Entra refused: ". */
  readonly what: string;
  readonly kind: 'refused' | 'rejected' | 'unavailable';
  readonly hint: (request: AccessTokenRequest, idToken: IdToken) => string;
}

/** What to do where a federated credential is missing or differs, and the one that fits. */
const federatedCredential: Explanation['hint'] = ({ clientId }, { subject }) =>
  withLikelyCause(
    subject,
    `The application or managed identity ${clientId} needs this federated credential, each value equal to the letter:`,
  );

/** Source: Microsoft Learn, "Microsoft Entra authentication and authorization error codes". */
const explanations: Readonly<Record<number, Explanation>> = {
  70021: { what: 'no federated credential matches this job', kind: 'refused', hint: federatedCredential },
  700211: { what: 'no federated credential has this issuer', kind: 'refused', hint: federatedCredential },
  700212: { what: 'no federated credential has this audience', kind: 'refused', hint: federatedCredential },
  700213: { what: 'no federated credential has this subject', kind: 'refused', hint: federatedCredential },
  7002138: {
    what: "the subject differs from a federated credential's in upper and lower case alone",
    kind: 'refused',
    hint: federatedCredential,
  },
  70025: { what: 'the application has no federated credential', kind: 'refused', hint: federatedCredential },
  700024: {
    what: 'the ID token is outside its time range',
    kind: 'rejected',
    hint: () => 'The clock of this machine, or of the issuer, is wrong.',
  },
  700223: {
    what: 'a policy of the tenant forbids this issuer',
    kind: 'rejected',
    hint: (_, { issuer }) => `Ask the tenant's administrators to allow workload identity federation with ${issuer}.`,
  },
  700238: {
    what: 'a policy of the tenant forbids workload identity federation',
    kind: 'rejected',
    hint: (_, { issuer }) => `Ask the tenant's administrators to allow workload identity federation with ${issuer}.`,
  },
  70052: {
    what: 'the application is a multi-tenant one',
    kind: 'rejected',
    hint: () => 'Federated credentials of this issuer work with applications of a single tenant only.',
  },
  70023: {
    what: 'the ID token lives for more than 25 hours',
    kind: 'rejected',
    hint: () => 'Have the issuer give tokens of a shorter life.',
  },
  700016: {
    what: 'there is no such application in the tenant',
    kind: 'rejected',
    hint: ({ clientId, tenantId }) => `See that client id ${clientId} is of tenant ${tenantId}.`,
  },
  90002: {
    what: 'there is no such tenant',
    kind: 'rejected',
    hint: ({ tenantId, authority }) => `See that tenant ${tenantId} exists in the cloud of ${authority.host}.`,
  },
  50166: {
    what: "the issuer's keys could not be read",
    kind: 'unavailable',
    hint: (_, { issuer }) => `Entra reads ${issuer}/.well-known/openid-configuration from the internet.`,
  },
  90061: {
    what: 'the issuer could not be reached',
    kind: 'unavailable',
    hint: (_, { issuer }) => `Entra reads ${issuer}/.well-known/openid-configuration from the internet.`,
  },
};

const unknown: Explanation = {
  what: 'the request was not accepted',
  kind: 'rejected',
  hint: () => "Look the code up in Microsoft's list of AADSTS codes.",
};

const errors = {
  refused: { code: 'EXCHANGE_REFUSED', recovery: 'refusal' },
  rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never' },
  unavailable: { code: 'UNAVAILABLE', recovery: 'transient' },
} as const;

/** Entra's error answer as ours: what its code means here, and what to change. */
export function refusal(
  status: number,
  answer: unknown,
  request: AccessTokenRequest,
  idToken: IdToken,
): FedbridgeError {
  const code = aadstsCode(answer);
  const explanation = (code === undefined ? undefined : explanations[code]) ?? unknown;
  const said = [code === undefined ? textMember(answer, 'error') : `AADSTS${code}`, `HTTP ${status}`];
  for (const name of ['trace_id', 'correlation_id']) {
    const id = textMember(answer, name);
    if (id && /^[\w-]{1,64}$/.test(id)) said.push(`${name} ${id}`);
  }
  const { code: ours, recovery } = errors[explanation.kind];
  return new FedbridgeError(ours, `Entra refused: ${explanation.what}.`, {
    presented: idToken.presented,
    answer: said.filter(Boolean).join(', '),
    hint: explanation.hint(request, idToken),
    document:
      explanation.kind === 'refused'
        ? JSON.stringify(entraTrust(jobOf(idToken.claims), 'fedbridge'), null, 2)
        : undefined,
    recovery,
  });
}

/** The code of the error: the one its description begins with, since `error_codes` may hold a more general one. */
function aadstsCode(answer: unknown): number | undefined {
  const described = /^AADSTS(\d{4,8}):/.exec(textMember(answer, 'error_description') ?? '')?.[1];
  if (described) return Number(described);
  const codes = (answer as { error_codes?: unknown } | null)?.error_codes;
  const first: unknown = Array.isArray(codes) ? codes[0] : undefined;
  return typeof first === 'number' ? first : undefined;
}
