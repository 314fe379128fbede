import { evaluateTrustPolicy, type TrustRequest } from '../evaluate.ts';
import { type Condition, parseTrustPolicy } from '../policy.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A statement of a trust policy as it stands in the document, with what must survive of it. */
export class PolicyStatement {
  readonly json: Json;
  readonly version: unknown;
  /** Its conditions as they stand, key by key. */
  readonly conditions: readonly Condition[];

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

  /** With other values for a condition's key; as it is where none changes. No values leave the key out. */
  withValues(change: (condition: Condition) => readonly string[] | undefined): PolicyStatement {
    let isChanged = false;
    const operators = Object.entries((this.json.Condition ?? {}) as Readonly<Record<string, Json>>).map(
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
        return [operator, isKeyChanged ? Object.fromEntries(next) : keys] as const;
      },
    );
    return isChanged ? this.with({ Condition: Object.fromEntries(operators) }) : this;
  }

  /** With a further value of a condition. */
  withCondition(operator: string, key: string, value: string): PolicyStatement {
    const condition = (this.json.Condition ?? {}) as Readonly<Record<string, Json>>;
    const keys = condition[operator] ?? {};
    const there = Object.keys(keys).find((one) => one.toLowerCase() === key.toLowerCase());
    const values = there === undefined ? value : [keys[there], value].flat();
    return this.with({ Condition: { ...condition, [operator]: { ...keys, [there ?? key]: values } } });
  }

  with(members: Json): PolicyStatement {
    return new PolicyStatement({ ...this.json, ...members }, this.version);
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
    if (members.some((name) => !isSame(this.json[name], other.json[name]))) return false;
    const rest = other.conditions.filter(({ key }) => !isApart(key.toLowerCase()));
    return this.conditions
      .filter(({ key }) => !isApart(key.toLowerCase()))
      .every((one) => rest.some((another) => isSame(one, another)));
  }
}

export const anyProvider = 'arn:aws:iam::000000000000:oidc-provider/any';
const webIdentity = 'sts:AssumeRoleWithWebIdentity';

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
