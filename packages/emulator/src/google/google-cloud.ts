/** What there is of Google Cloud. */
export interface GoogleCloud {
  readonly providers: readonly WorkloadIdentityPoolProvider[];
  readonly serviceAccounts: readonly ServiceAccount[];
}

/**
 * Whom a workload identity pool trusts, and who they are there.
 * Source: IAM REST reference, `projects.locations.workloadIdentityPools.providers`.
 */
export interface WorkloadIdentityPoolProvider {
  /** `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>` */
  readonly name: string;
  readonly disabled?: boolean;
  /** CEL expressions of `assertion`, by `google.subject`, `google.groups` and `attribute.<name>`. */
  readonly attributeMapping: Readonly<Record<string, string>>;
  /** A CEL expression of `assertion`, `google` and `attribute`. */
  readonly attributeCondition?: string;
  readonly oidc: {
    readonly issuerUri: string;
    /** By default the provider's own name, as a URL with or without its scheme. */
    readonly allowedAudiences?: readonly string[];
  };
}

/** A service account, and who may be it. */
interface ServiceAccount {
  readonly email: string;
  /** Bindings of its IAM policy. */
  readonly bindings: readonly { readonly role: string; readonly members: readonly string[] }[];
}

/** Who a workload is once its credential was accepted. */
export interface Principal {
  /** `projects/<number>/locations/global/workloadIdentityPools/<pool>` */
  readonly pool: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A principal by the name that policies have for it. Source: IAM, "Principal identifiers". */
export function principalName({ pool, subject }: Pick<Principal, 'pool' | 'subject'>): string {
  return `principal://iam.googleapis.com/${pool}/subject/${subject}`;
}

/** Whether a member of a binding is, or holds, a principal. */
export function isMember(member: string, principal: Principal): boolean {
  if (member === principalName(principal)) return true;
  const set = `principalSet://iam.googleapis.com/${principal.pool}/`;
  if (!member.startsWith(set)) return false;
  const rest = member.slice(set.length);
  if (rest === '*') return true;
  const [, kind = '', value = ''] = /^(group|attribute\.[a-z0-9_]+)\/(.+)$/s.exec(rest) ?? [];
  if (kind === 'group') return principal.groups.includes(value);
  return kind !== '' && principal.attributes[kind.slice('attribute.'.length)] === value;
}
