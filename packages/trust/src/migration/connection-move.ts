import {
  azureDevOpsForm,
  conditionKeysOf,
  conditionPrefix,
  type EntraCloud,
  entraClouds,
  isAzureDevOpsIssuer,
  issuerOf,
} from '@fedbridge/issuers';
import type { TrustRequest } from '../evaluate.ts';
import { variablesIn } from '../variables.ts';
import { webIdentityRequest } from '../web-identity.ts';
import { audienceKeys } from '../write-aws.ts';
import { changedBy } from './form-alone.ts';
import type { Findings } from './migrated.ts';
import type { ToEntraIssuer } from './migration.ts';
import { anyProvider, type Json, type PolicyStatement, prefixOf, providerMarker } from './statement.ts';
import { readingOf } from './subject-value.ts';

/**
 * A service connection in its old form and its new one, as STS sees them. Both are one token each, so that what a statement's
 * principal and its conditions on their issuers say is decided; its further conditions hold for both or for none.
 */
export class ConnectionMove {
  readonly migration: ToEntraIssuer;
  readonly #statements: readonly PolicyStatement[];
  readonly #oldPrefixes: readonly string[];
  readonly #newPrefix: string;
  readonly #oldProviders: readonly string[];
  readonly #old: readonly TrustRequest[];
  readonly #new: readonly TrustRequest[];

  constructor(statements: readonly PolicyStatement[], migration: ToEntraIssuer, findings: Findings) {
    this.migration = migration;
    this.#statements = statements;
    this.#newPrefix = conditionPrefix(migration.to.issuer);
    this.#oldPrefixes = this.#findOldPrefixes(findings);
    const { to, oldSubject: sub } = migration;
    const named = [...new Set(statements.flatMap(({ federated }) => federated))].filter((arn) => prefixOf(arn));
    const accounts = new Set(
      [...named, anyProvider].map((arn) => arn.slice(0, arn.indexOf(providerMarker) + providerMarker.length)),
    );
    const old = named.filter((arn) => this.#isOld(arn));
    const [account = ''] = accounts;
    // A denial of everybody names its subject without the provider.
    const providers = old.length > 0 ? old : this.#oldPrefixes.map((prefix) => account + prefix);
    this.#oldProviders = providers;
    this.#old = providers.map((arn) =>
      request({ iss: `https://${prefixOf(arn)}`, sub, aud: this.#oldAudience() }, arn),
    );
    const claims = { iss: to.issuer, sub: to.subject, aud: to.audience };
    const isWithParty = to.azp !== undefined;
    this.#new = providers.map((arn) => request(isWithParty ? { ...claims, azp: to.azp } : claims, this.#renamed(arn)));
  }

  appliesToOld(statement: PolicyStatement): boolean {
    return this.#old.some(this.#tester(statement));
  }

  appliesToNew(statement: PolicyStatement): boolean {
    return this.#new.some(this.#tester(statement));
  }

  /** Whether a statement does for the new form at least what another does for the old one. */
  coversNew(statement: PolicyStatement, other: PolicyStatement): boolean {
    return (
      statement.isDeny === other.isDeny &&
      this.appliesToNew(statement) &&
      statement.isAsWideAs(other, ['Action', 'NotAction'], this.#isDecided)
    );
  }

  /** Whether it is by a condition on the old issuer, and by nothing else, that a denial does not apply to the old form. */
  exemptsOld(statement: PolicyStatement): boolean {
    const rest = statement.withValues(({ key }) => (this.#isFilledByOld(key.toLowerCase()) ? [] : undefined));
    return this.appliesToOld(rest);
  }

  /** Whether a statement allows or denies the new form where the document does not the old one. */
  isForNewAlone(statement: PolicyStatement): boolean {
    if (!this.appliesToNew(statement) || this.appliesToOld(statement)) return false;
    const others = this.#statements.filter((one) => this.appliesToOld(one));
    const isCovered = others.some(
      (one) => one.isDeny === statement.isDeny && one.isAsWideAs(statement, ['Action', 'NotAction'], this.#isDecided),
    );
    if (isCovered) return false;
    const form = Object.fromEntries(this.#oldPrefixes.map((prefix) => [`${prefix}:sub`, [this.migration.oldSubject]]));
    return changedBy(this.#asOld(statement), others, form) !== undefined;
  }

  /** What a statement for the new form would be for the old one. */
  #asOld(statement: PolicyStatement): PolicyStatement {
    const rest = statement.withValues(({ key }) => (this.#isDecided(key.toLowerCase()) ? [] : undefined));
    const principal = statement.isDeny ? '*' : { Federated: this.#oldProviders };
    return rest.with({ Principal: principal, NotPrincipal: undefined });
  }

  isOldSubject(key: string): boolean {
    return this.#oldPrefixes.some((prefix) => key.toLowerCase() === `${prefix.toLowerCase()}:sub`);
  }

  /** Whether a place in the policy is a denial. */
  isDenial(where: string): boolean {
    return this.#statements.some((one, index) => one.isDeny && where === `Statement[${index}]`);
  }

  /** A value with a variable, of the old issuer or for it. */
  variableIn(statement: PolicyStatement): string | undefined {
    if (!readingOf('StringEquals', statement.version)?.variables) return undefined;
    const values = statement.conditions.flatMap((one) =>
      one.values.map((value) => ({ key: one.key.toLowerCase(), value })),
    );
    return values.find(({ key, value }) => {
      const names = variablesIn(value).map((name) => name.toLowerCase());
      return names.length > 0 && [key, ...names].some((one) => this.#isFilledByOld(one));
    })?.value;
  }

  /** A statement that does for the new form what another does for the old one, as narrow as it can be. */
  copyOf(statement: PolicyStatement): PolicyStatement {
    const { to } = this.migration;
    const { Sid, Principal } = statement.json;
    const rest = statement.withValues(({ key }) => (this.#isFilledByOld(key.toLowerCase()) ? [] : undefined));
    const kept = Object.entries((rest.json.Condition ?? {}) as Readonly<Record<string, Json>>).filter(
      ([, keys]) => Object.keys(keys).length > 0,
    );
    const { StringEquals: equal = {}, ...others } = Object.fromEntries(kept);
    const subject = { [`${this.#newPrefix}:sub`]: to.subject };
    const federated = statement.federated.filter((arn) => this.#isOld(arn)).map((arn) => this.#renamed(arn));
    const names = { Federated: federated.length === 1 ? federated[0] : federated };
    return rest.with({
      ...(Sid === undefined ? {} : { Sid: this.#newSid(String(Sid)) }),
      ...(federated.length === 0 || Principal === undefined ? {} : { Principal: names }),
      Condition: { StringEquals: { ...equal, ...(statement.isDeny ? {} : audienceKeys(to)), ...subject }, ...others },
    });
  }

  /** The public cloud's, which is the one that moves, unless the policy names another cloud's alone. */
  #oldAudience(): string {
    const all: readonly EntraCloud[] = Object.values(entraClouds);
    const named = this.#statements.flatMap(({ conditions, version }) =>
      conditions.flatMap(({ operator, key, values }) =>
        this.#isOfOld(key.toLowerCase()) && readingOf(operator, version)?.negated === false ? values : [],
      ),
    );
    const of = ({ audience }: EntraCloud) => audience !== undefined && named.includes(audience);
    const cloud = of(entraClouds.public) ? entraClouds.public : all.find(of);
    return cloud?.audience ?? entraClouds.public.audience;
  }

  #tester(statement: PolicyStatement): (request: TrustRequest) => boolean {
    return statement.tester(this.#isDecided, true);
  }

  /** Whether the two tokens decide a condition on a key. */
  readonly #isDecided = (key: string): boolean =>
    this.#isFilledByOld(key) || key.startsWith(`${this.#newPrefix.toLowerCase()}:`);

  /** Whether a key, in lower case, says by whom and for whom a token of the old issuer is. */
  #isFilledByOld(key: string): boolean {
    return this.#isOfOld(key) || key === 'aws:federatedprovider' || key === 'aws:userid';
  }

  #isOfOld(key: string): boolean {
    return this.#oldPrefixes.some((prefix) => key.startsWith(`${prefix.toLowerCase()}:`));
  }

  #isOld(arn: string): boolean {
    const prefix = prefixOf(arn);
    return prefix !== undefined && this.#oldPrefixes.includes(prefix);
  }

  #renamed(arn: string): string {
    return arn.slice(0, arn.indexOf(providerMarker) + providerMarker.length) + this.#newPrefix;
  }

  #newSid(sid: string): string {
    const taken = new Set(this.#statements.map(({ json }) => json.Sid));
    const name = `${sid}EntraIssuer`;
    let count = 2;
    if (!taken.has(name)) return name;
    while (taken.has(`${name}${count}`)) count += 1;
    return `${name}${count}`;
  }

  /** The issuers of Azure DevOps in the policy; of several, those of which the connection is named exactly. */
  #findOldPrefixes(findings: Findings): readonly string[] {
    const named = this.#statements.flatMap(({ federated, conditions }) => [
      ...federated.flatMap((arn) => prefixOf(arn) ?? []),
      ...conditions.flatMap(({ key, values }) => [
        key.slice(0, Math.max(0, key.lastIndexOf(':'))),
        ...values.flatMap((value) => prefixOf(value) ?? []),
      ]),
    ]);
    const all = [...new Set(named)].filter((prefix) => prefix !== this.#newPrefix);
    const subjects = new Map<string, string[]>();
    for (const { key, values } of this.#statements.flatMap(({ conditions }) => conditions)) {
      const there = subjects.get(key.toLowerCase());
      if (there) for (const value of values) there.push(value);
      else subjects.set(key.toLowerCase(), [...values]);
    }
    const has = (prefix: string, isIt: (value: string) => boolean) =>
      (subjects.get(`${prefix.toLowerCase()}:sub`) ?? []).some(isIt);
    const known = all.filter((prefix) => isAzureDevOpsIssuer(`https://${prefix}`));
    // An emulator's address is nobody's.
    const unknown = all.filter(
      (prefix) => !issuerOf(`https://${prefix}`) && has(prefix, (one) => azureDevOpsForm(one) === 'service connection'),
    );
    const candidates = known.length > 0 ? known : unknown;
    if (candidates.length < 2) return candidates;
    const { oldSubject } = this.migration;
    const exact = candidates.filter((prefix) => has(prefix, (one) => one.toLowerCase() === oldSubject.toLowerCase()));
    if (exact.length > 0 && exact.length <= mostOrganizations) return exact;
    const [whom, which] = exact.length === 0 ? ['none', candidates] : ['too many', exact];
    const some = which.slice(0, mostOrganizations).join(', ');
    findings.tell(
      'policy',
      `It trusts several organizations, and ${whom} with exactly ${oldSubject}: ${some}${which.length > mostOrganizations ? ', …' : ''}.`,
    );
    return [];
  }
}

/** A connection is one organization's: this is to be on the safe side. */
const mostOrganizations = 10;

function request(
  claims: { iss: string; sub: string; aud: string; azp?: string | undefined },
  provider: string,
): TrustRequest {
  return webIdentityRequest(claims, provider, conditionKeysOf(claims.iss), 0);
}
