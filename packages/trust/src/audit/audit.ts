import { FedbridgeError } from '@fedbridge/core/error';
import type { FindingInFile } from '../finding.ts';
import { textOfJson } from '../json-text.ts';
import { findingsOf, lintTrustDocument } from '../read/lint-document.ts';
import type { Source, TrustDocument } from '../read/trust-document.ts';
import { bySeverity } from '../sarif.ts';
import { type Admitted, isUnbounded, type Reach, reaches } from '../who/admitted.ts';
import type { Mine } from '../who/mine.ts';
import { farthest } from '../who/sentence.ts';
import { type Grant, whoIsGranted } from '../who/who.ts';
import { type Access, accesses } from './access.ts';
import type { AuditRuleId } from './audit-rules.ts';
import { type Ending, endingsOf } from './dates.ts';
import { type Permissions, permissionsIn } from './permissions.ts';
import { accountOf, asProvided, type Providers, providersIn, stateOf } from './providers.ts';

/** A document, and the file that it was found in. */
export interface FoundDocument {
  readonly file: string;
  readonly document: TrustDocument;
}

/** A role or an identity: who is allowed, and what that is worth. */
export interface AuditEntry extends FoundDocument {
  /** From the worst one down. */
  readonly admitted: readonly Admitted[];
  /** Services of AWS that are allowed, each for an account that is in `admitted`. */
  readonly services: readonly string[];
  readonly access: Access;
  /** Why it is not known what that is worth, sentences: it is at most all there is. Empty where it is known, and for identities of Azure. */
  readonly unknown: readonly string[];
  /** ARNs of attached policies of which nothing is known. */
  readonly missingPolicies: readonly string[];
  /** OIDC providers that the trust policy names and the account does not have: by them nobody is allowed. */
  readonly missingProviders: readonly string[];
  /** Why it is not known who is allowed. */
  readonly error: FedbridgeError | undefined;
}

/** What an account or a tenant trusts, and what is wrong with it. */
export interface Audit {
  /** The worst first. */
  readonly entries: readonly AuditEntry[];
  /** Errors first. */
  readonly findings: readonly FindingInFile[];
  /** What was not audited. */
  readonly gaps: readonly FindingInFile<AuditRuleId>[];
  /** The first to come first. */
  readonly endings: readonly (Ending & FoundDocument)[];
  /** Whether audiences of providers were of no use: several accounts may have a provider of that URL. */
  readonly areClientIdsUnused: boolean;
}

interface Auditing {
  /** All that was read: policies of permissions and OIDC providers are in it too. */
  readonly sources: readonly Source[];
  readonly mine: readonly Mine[];
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
  /** What was not read, as findings. */
  readonly gaps?: readonly FindingInFile<AuditRuleId>[];
  /** All ways in of a document. Throws FedbridgeError for one that cannot be read in full. */
  readonly grantsOf: (one: FoundDocument) => readonly Grant[];
}

/**
 * Who gets into what, in everything that was found: each role and identity with those who are allowed and what its policies allow, with
 * lint's findings and what stops on a day. A document that many have is looked at once: the work grows with the documents that differ.
 */
export function audit(found: readonly FoundDocument[], auditing: Auditing): Audit {
  const documents = withoutCopies(found);
  const roles = permissionsIn(auditing.sources);
  const providers = providersFor(documents, providersIn(auditing.sources));
  const entryOf = entriesWith(auditing, providers);
  const lint = once(findingsOf);
  const datesOf = once(endingsOf);
  return {
    entries: documents.map((one) => entryOf(one, roles.get(one.document.address))).sort(byDanger),
    findings: documents.flatMap((one) => findingsIn(one, auditing.now, lint)).sort(bySeverity),
    gaps: auditing.gaps ?? [],
    endings: documents
      .flatMap((one) => datesOf(one.document).map((ending) => ({ ...ending, ...one })))
      .sort((one, other) => (one.ends < other.ends ? -1 : one.ends > other.ends ? 1 : 0)),
    areClientIdsUnused: providers.areClientIdsUnused,
  };
}

/** What a URL takes is known of one account alone. */
function providersFor(documents: readonly FoundDocument[], providers: Providers) {
  const accounts = documents.filter(({ document }) => document.policy).map(({ document }) => accountOfRole(document));
  const isOne = new Set([...accounts, ...providers.accounts]).size === 1 && accounts[0] !== undefined;
  return isOne
    ? { ...providers, areClientIdsUnused: false }
    : { ...providers, clientIds: new Map(), areClientIdsUnused: providers.clientIds.size > 0 };
}

/** How bad a reach is; what could not be read may be anybody. */
const dangers: readonly (Reach | undefined)[] = [
  ...reaches.filter((one) => !isUnbounded(one)),
  undefined,
  ...reaches.filter(isUnbounded),
];

/** How far an entry reaches; undefined where that is not known. */
export const reachOfEntry = ({ admitted, error }: AuditEntry): Reach | undefined =>
  error ? undefined : farthest(admitted);

function byDanger(one: AuditEntry, other: AuditEntry): number {
  const [first, second] = [one, other].map(
    (entry) => dangers.indexOf(reachOfEntry(entry)) * accesses.length + accesses.indexOf(entry.access),
  );
  return (second ?? 0) - (first ?? 0);
}

/** A role may be in several files; everything else is another one wherever it stands. */
function withoutCopies(found: readonly FoundDocument[]): readonly FoundDocument[] {
  const seen = new Set<string>();
  return found.filter(({ document }) => {
    const key = document.address.startsWith('arn:') ? keyOf(document) : undefined;
    if (key === undefined) return true;
    const identity = `${document.address} ${key}`;
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

function entriesWith({ mine, now, grantsOf }: Auditing, providers: Providers) {
  const whoseOf = once((document: TrustDocument, file: string) => {
    const grants = grantsOf({ file, document });
    return {
      services: [...new Set(grants.filter(({ isOfService }) => isOfService).map(({ iss }) => iss))],
      admitted: provided(grants, providers)
        .map((grant) => whoIsGranted(grant, mine, now))
        .sort((one, other) => dangers.indexOf(other.reach) - dangers.indexOf(one.reach)),
      missingProviders: missingOf(grants, providers),
    };
  });
  return (one: FoundDocument, permissions: Permissions | undefined): AuditEntry => {
    const { access = 'unknown', missing: missingPolicies = [], unknown = whyUnknown(one) } = permissions ?? {};
    const common = { ...one, access, unknown, missingPolicies };
    try {
      return { ...common, ...whoseOf(one.document, one.file), error: undefined };
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      return { ...common, admitted: [], services: [], missingProviders: [], error };
    }
  };
}

const whyUnknown = ({ document }: FoundDocument) => (document.policy ? ['No file tells which policies it has.'] : []);

function provided(grants: readonly Grant[], providers: Providers): readonly Grant[] {
  return grants.flatMap((grant) => asProvided(grant, providers) ?? []);
}

const missingOf = (grants: readonly Grant[], providers: Providers) => [
  ...new Set(
    grants.flatMap(({ provider }) => (provider && stateOf(provider, providers) === 'missing' ? [provider] : [])),
  ),
];

function findingsIn({ file, document }: FoundDocument, now: number, lint: typeof findingsOf): FindingInFile[] {
  return lintTrustDocument(document, now, lint).map(({ position, ...finding }) => ({
    ...finding,
    ...{ file, document: document.address, line: position.line, column: position.column },
  }));
}

/** Does what is done with a document once for all that are the same. What fails is not remembered: it names a place. */
function once<More extends readonly unknown[], T>(
  work: (document: TrustDocument, ...more: More) => T,
): (document: TrustDocument, ...more: More) => T {
  const known = new Map<string, { readonly result: T }>();
  return (document, ...more) => {
    const key = keyOf(document);
    const before = key === undefined ? undefined : known.get(key);
    if (before) return before.result;
    const result = work(document, ...more);
    if (key !== undefined) known.set(key, { result });
    return result;
  };
}

/** The account of a role that is called by its ARN. */
export const accountOfRole = ({ address }: TrustDocument): string | undefined =>
  address.startsWith('arn:') ? accountOf(address) : undefined;

const keys = new WeakMap<TrustDocument, string | undefined>();

/** The same for documents that say the same; undefined where more than what they say counts: where they stand, and what hides. */
function keyOf(document: TrustDocument): string | undefined {
  if (keys.has(document)) return keys.get(document);
  const { policy, credentials, unresolved, duplicates, isMultiTenant = false } = document;
  const key =
    unresolved.length > 0 || duplicates.length > 0
      ? undefined
      : textOfJson(policy ? [policy, accountOfRole(document)] : [credentials, isMultiTenant]);
  keys.set(document, key);
  return key;
}
