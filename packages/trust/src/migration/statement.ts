import { evaluateTrustPolicy, type TrustRequest } from '../evaluate.ts';
import { type Condition, parseTrustPolicy } from '../policy.ts';
import { withMeantNumbers } from '../written-number.ts';

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** A statement of a trust policy as it stands in the document, with what must survive of it. */
export class PolicyStatement {
  readonly json: Json;
  readonly version: unknown;
  /** Its conditions as they stand, key by key. */
  readonly conditions: readonly Condition[];

  #texts: ReadonlySet<string> | undefined;

  /** @throws MalformedPolicyError */
  constructor(json: Json, version: unknown) {
    this.json = json;
    this.version = version;
    this.conditions = parseTrustPolicy({ Version: version, Statement: json }).statements[0]?.conditions ?? [];
  }

  /** ARNs of OIDC providers that it names. */
  get federated(): readonly string[] {
    const { Federated = [] } = (typeof this.json.Principal === 'object' ? this.json.Principal : {}) as Json;
    return (Array.isArray(Federated) ? Federated : [Federated]).map(String);
  }

  get isDeny(): boolean {
    return this.json.Effect === 'Deny';
  }

  /** What it says, as it is to be evaluated: with numbers that are kept as they were written as what they mean. */
  get meant(): unknown {
    return withMeantNumbers(this.json);
  }

  /** With other values for a condition's key; as it is where none changes. No values leave the key out, and an operator with it that has no other. */
  withValues(change: (condition: Condition) => readonly string[] | undefined): PolicyStatement {
    let isChanged = false;
    const operators = Object.entries((this.json.Condition ?? {}) as Readonly<Record<string, Json>>).flatMap(
      ([operator, keys]) => {
        let isKeyChanged = false;
        const next = Object.entries(keys).flatMap(([key, given]) => {
          const values = Array.isArray(given) ? given : [given];
          const changed = change({ operator, key, values: values.map(String) });
          if (!changed) return [[key, given] as const];
          isKeyChanged = true;
          if (changed.length === 0) return [];
          return [[key, changed.length === 1 && !Array.isArray(given) ? changed[0] : changed] as const];
        });
        isChanged ||= isKeyChanged;
        if (isKeyChanged && next.length === 0) return [];
        return [[operator, isKeyChanged ? Object.fromEntries(next) : keys] as const];
      },
    );
    if (!isChanged) return this;
    return this.with({ Condition: operators.length === 0 ? undefined : Object.fromEntries(operators) });
  }

  /**
   * What is left of it once values of conditions on issuers' keys are taken out: undefined where it is about nobody else. Where no value
   * is left of a condition, none of the issuer's tokens is allowed any more; others lack its keys, which `IfExists` for example takes
   * for met.
   *
   * @param change - what is left of a condition; undefined where that is all
   */
  withoutValues(change: (condition: Condition) => readonly string[] | undefined): PolicyStatement | undefined {
    const gone = new Set(this.conditions.flatMap((one) => (change(one)?.length === 0 ? issuerOfKey(one.key) : [])));
    // A provider that is `*` is every one: the issuer's tokens cannot be told from the others.
    if (this.federated.includes('*'))
      return this.withValues((one) => (gone.has(issuerOfKey(one.key)) ? undefined : change(one)));
    return (gone.size === 0 ? this : this.#withoutIssuers(gone))?.withValues(change);
  }

  /** @param gone - addresses without scheme, in lower case */
  #withoutIssuers(gone: ReadonlySet<string>): PolicyStatement | undefined {
    const isOfGone = (key: string) => gone.has(issuerOfKey(key));
    const isAboutOthers = this.tester(
      isOfGone,
      false,
    )({ principal: { provider: anyProvider }, action: '', context: {} });
    const { Principal } = this.json;
    if (!isAboutOthers || typeof Principal !== 'object' || Principal === null) return undefined;
    const federated = this.federated.filter((arn) => !gone.has(prefixOf(arn)?.toLowerCase() ?? ''));
    const { Federated: given, ...others } = Principal as Json;
    if (federated.length === 0 && Object.keys(others).length === 0) return undefined;
    const named = Array.isArray(given) ? federated : federated[0];
    const rest = this.with({ Principal: federated.length === 0 ? others : { ...Principal, Federated: named } });
    return rest.withValues(({ key }) => (isOfGone(key) ? [] : undefined));
  }

  /** With a further value of a condition. */
  withCondition(operator: string, key: string, value: string): PolicyStatement {
    const condition = (this.json.Condition ?? {}) as Readonly<Record<string, Json>>;
    const keys = condition[operator] ?? {};
    const there = Object.keys(keys).find((one) => one.toLowerCase() === key.toLowerCase());
    const values = there === undefined ? value : [keys[there], value].flat();
    return this.with({ Condition: { ...condition, [operator]: { ...keys, [there ?? key]: values } } });
  }

  /** With other members; without those that are undefined. */
  with(members: Json): PolicyStatement {
    const all = Object.entries({ ...this.json, ...members }).filter(([, member]) => member !== undefined);
    return new PolicyStatement(Object.fromEntries(all), this.version);
  }

  /**
   * Whether it applies to a request, by its principal and by those of its conditions that are asked for; whatever its actions, since
   * every action of a statement is for the same job.
   */
  tester(isAsked: (key: string) => boolean, hasPrincipal: boolean): (request: TrustRequest) => boolean {
    const condition = Object.entries((this.json.Condition ?? {}) as Readonly<Record<string, Json>>).flatMap(
      ([operator, keys]) => {
        const asked = Object.entries(keys).filter(([key]) => isAsked(key.toLowerCase()));
        return asked.length === 0 ? [] : [[operator, Object.fromEntries(asked)] as const];
      },
    );
    const { Principal, NotPrincipal } = this.json;
    const principals = Principal === undefined ? { NotPrincipal } : { Principal };
    const policy = parseTrustPolicy({
      ...(this.version === undefined ? {} : { Version: this.version }),
      Statement: [
        {
          Effect: hasPrincipal ? this.json.Effect : 'Allow',
          ...(hasPrincipal ? principals : { Principal: { Federated: anyProvider } }),
          Action: webIdentity,
          ...(condition.length === 0 ? {} : { Condition: Object.fromEntries(condition) }),
        },
      ],
    });
    return (request) => {
      const evaluation = evaluateTrustPolicy(policy, { ...request, action: webIdentity });
      return evaluation.allowed || evaluation.why === 'denied';
    };
  }

  /** Whether it has the same members and applies wherever another does, but for the conditions that are set apart. */
  isAsWideAs(other: PolicyStatement, members: readonly string[], isApart: (key: string) => boolean): boolean {
    if (members.some((name) => !isSame(listed(name, this.json[name]), listed(name, other.json[name])))) return false;
    return this.conditions
      .filter(({ key }) => !isApart(key.toLowerCase()))
      .every((one) => other.#conditionTexts.has(JSON.stringify(one)));
  }

  get #conditionTexts(): ReadonlySet<string> {
    this.#texts ??= new Set(this.conditions.map((one) => JSON.stringify(one)));
    return this.#texts;
  }
}

/** What stands in the ARN of an OIDC provider before its issuer. */
export const providerMarker = ':oidc-provider/';

/** The issuer of a provider, without its scheme; undefined for the ARN of anything else. */
export function prefixOf(arn: string): string | undefined {
  const at = arn.indexOf(providerMarker);
  return at < 0 ? undefined : arn.slice(at + providerMarker.length);
}

/** The issuer of a condition key, without its scheme, in lower case. */
function issuerOfKey(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(':'))).toLowerCase();
}

/** Actions in whatever order and case; all else as it is written. */
function listed(member: string, value: unknown): unknown {
  if (!member.endsWith('Action') || value === undefined) return value;
  return [value]
    .flat()
    .map((one) => String(one).toLowerCase())
    .sort();
}

/** The ARN of a provider that stands for any. */
export const anyProvider = 'arn:aws:iam::000000000000:oidc-provider/any';
/** The action by which a web identity assumes a role. */
export const webIdentity = 'sts:AssumeRoleWithWebIdentity';

/** Whether two values are the same JSON, in the same order. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
