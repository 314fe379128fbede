import type { Claims } from '../server/jwt.ts';

/** Who may have a token, and what it allows. Source: octo-sts/app, `pkg/octosts/trust_policy.go`. */
export interface TrustPolicy {
  readonly issuer?: string;
  readonly issuer_pattern?: string;
  readonly subject?: string;
  readonly subject_pattern?: string;
  /** By default the domain of octo-sts itself. */
  readonly audience?: string;
  readonly audience_pattern?: string;
  readonly claim_pattern?: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, string>>;
}

/** Codes of gRPC, as its gateway writes them over HTTP. Source: grpc-gateway, `runtime/errors.go`. */
const codes = {
  InvalidArgument: [3, 400],
  NotFound: [5, 404],
  PermissionDenied: [7, 403],
  Unauthenticated: [16, 401],
} as const;

/** An error of octo-sts. */
export class OctoStsProblem extends Error {
  readonly code: number;
  readonly status: number;

  constructor(name: keyof typeof codes, message: string) {
    super(message);
    [this.code, this.status] = codes[name];
  }
}

/** Whether a policy may be used at all: one of each pair. @throws Error */
export function compile(policy: TrustPolicy): void {
  for (const part of ['issuer', 'subject'] as const) {
    const given = [policy[part], policy[`${part}_pattern`]].filter((one) => one !== undefined && one !== '');
    if (given.length !== 1) throw new Error(`trust policy: one of ${part} or ${part}_pattern must be set`);
  }
  if (policy.audience && policy.audience_pattern) {
    throw new Error('trust policy: only one of audience or audience_pattern can be set, got both');
  }
}

/** @param domain - of octo-sts @throws OctoStsProblem */
export function checkToken(policy: TrustPolicy, claims: Claims, domain: string): void {
  const deny = (what: string) => new OctoStsProblem('PermissionDenied', `trust policy: ${what}`);
  for (const [part, value] of [
    ['issuer', claims.iss ?? ''],
    ['subject', String(claims.sub ?? '')],
  ] as const) {
    const pattern = policy[`${part}_pattern`];
    if (pattern && !anchored(pattern).test(value)) throw deny(`${part} "${value}" did not match pattern "${pattern}"`);
    if (!pattern && policy[part] !== value) throw deny(`${part} "${value}" did not match "${policy[part]}"`);
  }
  const audiences = [claims.aud ?? []].flat();
  const { audience = domain, audience_pattern: pattern } = policy;
  const isFor = pattern ? audiences.some((one) => anchored(pattern).test(one)) : audiences.includes(audience);
  if (!isFor) throw deny(`audience "${audience}" did not match any of ${JSON.stringify(audiences)}`);
  for (const [name, wanted] of Object.entries(policy.claim_pattern ?? {})) {
    const value = claims[name];
    if (value === undefined) throw deny(`expected claim "${name}" not found in token`);
    if (typeof value !== 'string' && typeof value !== 'boolean') throw deny(`expected claim "${name}" not a string`);
    if (!anchored(wanted).test(String(value))) throw deny(`claim "${name}" did not match "${wanted}"`);
  }
}

const anchored = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'u');
