import { matchesPattern } from '@fedbridge/core/pattern';
import { textOfJson } from '../json-text.ts';
import { policyDocument } from '../read/policy-document.ts';
import { DocumentError, type Members, membersOf, textOf } from '../read/trust-document.ts';
import {
  accessOf,
  deniesAll,
  type Given,
  givenBy,
  type Named,
  narrowest,
  type Power,
  userName,
  widest,
} from './access.ts';
import type { KnownIdentity } from './identity-graph.ts';
import { isPermissionPolicy } from './permission-policy.ts';
import { kindOf } from './role-trust.ts';

/** What one policy allows, by itself and with others. */
export interface Allowed extends Given {
  readonly isDenial: boolean;
  /** Why that is not known, sentences. */
  readonly unknown: readonly string[];
}

/** The policies of an identity, and those of a user's groups. */
export interface Held {
  readonly arn: string;
  readonly policies: readonly Allowed[];
  /** ARNs of attached policies. */
  readonly attached: readonly string[];
  /** ARNs of its groups. */
  readonly groups?: readonly string[];
  /** ARN of its permissions boundary. */
  readonly limit?: string | undefined;
  readonly trust?: () => object | undefined;
}

/** Of policies that many identities have each is read once. */
export class Policies {
  /** By ARN, once for each file that has it: what it allows in any of them counts. */
  readonly #managed: ReadonlyMap<string, readonly (object | undefined)[]>;
  readonly #known = new Map<string, Allowed>();

  constructor(managed: ReadonlyMap<string, readonly (object | undefined)[]>) {
    this.#managed = managed;
  }

  /** What inline policies allow; of a list that is not there nothing is known. @param name - of the list: `RolePolicyList` */
  inline(owner: Members, name: string): readonly Allowed[] {
    const all = owner[name];
    if (!Array.isArray(all)) return [nothingTold(`There is no ${name} beside it.`)];
    return all.map((one) => this.#inline(membersOf(one)?.PolicyDocument));
  }

  /** What attached policies allow, with their ARNs. */
  attached({ AttachedManagedPolicies: all }: Members): Pick<Held, 'policies' | 'attached'> {
    if (!Array.isArray(all))
      return { policies: [nothingTold('There is no AttachedManagedPolicies beside it.')], attached: [] };
    const attached = all.map((one) => textOf(membersOf(one)?.PolicyArn));
    return { policies: attached.map((arn) => this.#attached(arn)), attached };
  }

  /** Whether nothing is known of what an attached policy allows. */
  isMissing(arn: string): boolean {
    return this.#attached(arn).unknown.length > 0 && !this.#managed.has(arn);
  }

  /** What policies come to together, within a permissions boundary. */
  identity({ arn, policies, attached, groups = [], limit, trust = () => undefined }: Held): KnownIdentity {
    const all = policies.map((one) => ofOwner(one, arn));
    const isDenied = all.some(({ isDenial }) => isDenial);
    const most = limit === undefined ? undefined : this.#boundary(limit, arn, all);
    const access = isDenied ? 'nothing' : accessOf(all);
    return {
      ...{ arn, attached, groups, isDenied, trust },
      access: most ? narrowest(access, accessOf([most])) : access,
      unknown: isDenied ? [] : [...new Set(all.flatMap(({ unknown }) => unknown))],
      named: isDenied ? [] : all.flatMap(({ named }) => (most ? limited(named, most.named) : named)),
      makesActors: !isDenied && all.some(({ makesActors }) => makesActors) && most?.makesActors !== false,
      takes: isDenied
        ? []
        : all.flatMap(({ takes }) => takes).filter((service) => !most || most.takes.includes(service)),
      mayAssume: isDenied ? [] : most && !isUser(arn) ? assumedBy(most) : ['*'],
    };
  }

  /** What a permissions boundary leaves; undefined where that is not known, or where its owner may take it away or write it anew. */
  #boundary(limit: string, owner: string, all: readonly Allowed[]): Allowed | undefined {
    const found = ofOwner(this.#attached(limit), owner);
    const may = (power: Power, target: string) =>
      all.some((one) => isAbout(one, power, target)) && isAbout(found, power, target);
    return found.unknown.length > 0 || may('boundary', owner) || may('versions', limit) ? undefined : found;
  }

  #attached(arn: string): Allowed {
    const known = this.#known.get(arn);
    if (known) return known;
    const action = administrators.get(nameOf(arn));
    const own =
      action === undefined
        ? []
        : [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: action, Resource: '*' } }];
    const documents = this.#managed.get(arn) ?? own;
    const found =
      documents.length === 0
        ? nothingTold(`In no file is ${arn || 'the policy that is attached to it'}.`)
        : together(documents.map((one) => allowedBy(one, `IAM rejects the policy ${arn}.`)));
    this.#known.set(arn, found);
    return found;
  }

  #inline(document: unknown): Allowed {
    const text = typeof document === 'string' ? document : textOfJson(document);
    const known = text === undefined ? undefined : this.#known.get(text);
    if (known) return known;
    const found = allowedBy(policyOf(document), 'An inline policy of it cannot be read, or IAM rejects it.');
    if (text !== undefined) this.#known.set(text, found);
    return found;
  }
}

/** What is known of a policy that is not there. */
export function nothingTold(why: string): Allowed {
  return { ...givenBy(undefined), isDenial: false, unknown: [why] };
}

/** As it is, as a text or URL-encoded; undefined where it is none of it, or where members of it stand twice. */
export function policyOf(value: unknown): object | undefined {
  const source = { value, duplicates: [], positionOf: () => undefined };
  try {
    const found = policyDocument({ source, path: [], value, isTemplate: false });
    return found?.duplicates.length === 0 ? found.policy : undefined;
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

/** What one of several allows: the same policy as files of different days have it. */
function together(all: readonly Allowed[]): Allowed {
  const [first = nothingTold(''), ...others] = all;
  if (others.length === 0) return first;
  return {
    access: widest(all.map(({ access }) => access)),
    passesRoles: all.some(({ passesRoles }) => passesRoles),
    makesActors: all.some(({ makesActors }) => makesActors),
    takes: all.flatMap(({ takes }) => takes),
    named: all.flatMap(({ named }) => named),
    isDenial: all.every(({ isDenial }) => isDenial),
    unknown: all.flatMap(({ unknown }) => unknown),
  };
}

const leadsBeyond =
  'An action of it leads to roles of which no export of IAM tells, as sso:GetRoleCredentials and cognito-identity:GetId do.';

function allowedBy(policy: object | undefined, rejected: string): Allowed {
  const given = givenBy(policy);
  const unknown = isPermissionPolicy(policy) ? (given.access === 'unknown' ? [leadsBeyond] : []) : [rejected];
  return { ...given, isDenial: deniesAll(policy), unknown };
}

/** With the name of a user in the place of the variable for it; a role has none, of a group it is that of any member. */
function ofOwner(one: Allowed, arn: string): Allowed {
  if (!one.named.some(({ resources }) => resources.some((pattern) => pattern.includes(userName)))) return one;
  const kind = kindOf(arn);
  const name = kind === 'user' ? arn.slice(arn.lastIndexOf('/') + 1) : '*';
  const named = one.named.map(({ resources, ...more }) => ({
    ...more,
    resources: resources
      .filter((pattern) => kind !== 'role' || !pattern.includes(userName))
      .map((pattern) => pattern.replaceAll(userName, name)),
  }));
  return { ...one, named };
}

/** Whether a policy gives a power over an identity, or a policy, by its ARN. */
const isAbout = ({ named }: Given, power: Power, arn: string) =>
  named.some((one) => one.power === power && one.resources.some((pattern) => matchesPattern(arn, pattern)));

const assumedBy = ({ named }: Given) => named.flatMap((one) => (one.power === 'assume' ? one.resources : []));

const isUser = (arn: string) => kindOf(arn) === 'user';

/** What a permissions boundary leaves. */
function limited(named: readonly Named[], most: readonly Named[]): readonly Named[] {
  return named.flatMap((one) => {
    const within = most.filter(({ power }) => power === one.power).flatMap(({ resources }) => resources);
    return within.length === 0 ? [] : { ...one, within };
  });
}

/** Of AWS's own policies those that give all there is, with the actions by which they do. Source: AWS Managed Policy Reference Guide. */
const administrators: ReadonlyMap<string | undefined, string> = new Map([
  ['AdministratorAccess', '*'],
  ['IAMFullAccess', 'iam:*'],
]);

/** The name of a policy of AWS's own; undefined for another. */
const nameOf = (arn: string) => /^arn:aws[\w-]*:iam::aws:policy\/(\w+)$/.exec(arn)?.[1];
