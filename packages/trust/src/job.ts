import { FedbridgeError } from '@fedbridge/core/error';
import {
  awsAudience,
  azureDevOpsApplication,
  conditionPrefix,
  entra,
  entraAudience,
  entraIssuer,
  formatKubernetesSubject,
  isComputedEntraSubject,
  isKubernetesName,
  issuerOf,
  loginPrincipal,
} from '@fedbridge/issuers';
import { named } from './named.ts';

/** Which token is trusted: what it must say, exactly unless the subject has pieces. */
export interface TrustedJob {
  /** The issuer's URL, as the token has it. */
  readonly issuer: string;
  readonly subject: string;
  /** Where parts of the subject may be anything: what stands before, between and after them, each exactly. */
  readonly pieces?: readonly string[] | undefined;
  readonly audience: string;
  /** Where the token is for others too. */
  readonly otherAudiences?: readonly string[] | undefined;
  /** The token's `azp` where it differs from the audience: it stands in the place of that for AWS. */
  readonly azp?: string | undefined;
  /** Further claims that must be equal. */
  readonly claims?: Readonly<Record<string, string>>;
  /** What it allows beside one kind of job, where it was asked for. */
  readonly wider?: string | undefined;
}

/** The cloud that a document is for. */
export type Cloud = 'aws' | 'entra';

/** The audiences that each cloud's documents are made for by default. */
export const audiences = { aws: awsAudience('aws'), entra: entraAudience.uri } as const;

/** A service connection on the Entra issuer: nothing of it is computed. @throws FedbridgeError `INPUT_INVALID` */
export function connectionJob(issuer: string, subject: string, audience: string = entraAudience.clientId): TrustedJob {
  named(subject, 'The subject');
  return { issuer, subject, audience, azp: audience === entraAudience.clientId ? askedBy(subject) : undefined };
}

/** The application that asks for a service connection's tokens: its subject names it, and Azure DevOps where that cannot be read. */
function askedBy(subject: string): string | undefined {
  if (!isComputedEntraSubject(subject)) return undefined;
  const read = entra.parseSubject(subject);
  return read?.form === 'service connection' ? read.application : azureDevOpsApplication;
}

/** A subject with its issuer, as somebody wrote it down. */
export interface NamedSubject {
  readonly issuer: string;
  readonly subject: string;
  readonly audience?: string | undefined;
  /** The application that asks for the token: of a managed identity its client id. */
  readonly azp?: string | undefined;
}

/**
 * Whoever has a subject: a service connection, a managed identity, what another issuer names.
 *
 * @param usual - the audience that tokens for the cloud are asked for
 * @throws FedbridgeError `INPUT_INVALID` for AWS where tokens have an `azp` that nothing here tells
 */
export function subjectJob(named: NamedSubject, cloud: Cloud, usual: string): TrustedJob {
  const { issuer, subject, audience = ownAudience(named, cloud, usual) } = named;
  const job = connectionJob(issuer, subject, audience);
  if (cloud === 'entra') return job;
  const azp = named.azp ?? askedBy(subject);
  if (azp !== undefined || !hasAzp(issuer)) return { ...job, azp: azp === audience ? undefined : azp };
  throw new FedbridgeError('INPUT_INVALID', 'AWS compares the azp of such a token, which its subject does not tell.', {
    hint: 'Name the application that asks for the token with --azp: of a managed identity its client id, of a service account of Google its number. Or take such a token, --from-token.',
  });
}

function ownAudience({ issuer, subject }: NamedSubject, cloud: Cloud, usual: string): string {
  if (isComputedEntraSubject(subject))
    return cloud === 'entra' && usual !== audiences.entra ? usual : entraAudience.clientId;
  const own = cloud === 'entra' ? undefined : entraIssuer(issuer);
  return own?.version === 2 ? entraAudience.clientId : (own?.cloud.audience ?? usual);
}

/** Source: Microsoft Learn, "Access token claims reference": of Entra's tokens those of version 2 alone have it. */
function hasAzp(issuer: string): boolean {
  return issuerOf(issuer)?.claims.includes('azp') === true && entraIssuer(issuer)?.version !== 1;
}

/** The pods of a service account. @throws FedbridgeError `INPUT_INVALID` */
export function kubernetesJob(
  issuer: string,
  namespace: string,
  serviceAccount: string,
  cloud: Cloud,
  audience: string = audiences[cloud],
): TrustedJob {
  for (const name of [namespace, serviceAccount]) {
    if (!isKubernetesName(name)) throw new FedbridgeError('INPUT_INVALID', `"${name}" is not a name of Kubernetes.`);
  }
  return { issuer, subject: formatKubernetesSubject({ namespace, serviceAccount }), audience };
}

/** What of a token trust policies and federated credentials look at. */
export interface JobClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly azp?: unknown;
  readonly [claim: string]: unknown;
}

/** The job that a token speaks for, and no other. */
export function jobOf(claims: JobClaims): TrustedJob {
  const [audience = '', ...others] = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  const { azp } = claims;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    audience,
    ...(others.length === 0 ? {} : { otherAudiences: others }),
    azp: typeof azp === 'string' && azp !== audience ? azp : undefined,
  };
}

/** The ARN of an account's OIDC provider for an issuer. */
export function providerArn(issuer: string, account: string, partition: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${conditionPrefix(issuer)}`;
}

/** Who a trust policy names for an issuer. */
export function federatedPrincipal(issuer: string, account: string, partition: string): string {
  return loginPrincipal(issuer) ?? providerArn(issuer, account, partition);
}
