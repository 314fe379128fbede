import type { JsonPath } from '../json.ts';
import { textOfJson } from '../json-text.ts';
import { armParts } from './arm.ts';
import { cloudFormationParts } from './cloudformation.ts';
import { credentialList, credentialsDocument, isCredential, resemblesCredential } from './credentials-document.ts';
import { policyDocument, statementsDocument, unreadDocument } from './policy-document.ts';
import { areTrustStatements, resembled, resembledByText } from './resemblance.ts';
import { restOf } from './rest.ts';
import { byIdentity, terraformParts } from './terraform.ts';
import { mayHoldDocument, sourcesIn } from './text-in-document.ts';
import {
  DocumentError,
  jsonPointer,
  type Members,
  membersOf,
  type Parameters,
  type Part,
  partAt,
  positionIn,
  type Source,
  type TextReader,
  type TrustDocument,
} from './trust-document.ts';

/**
 * Every trust policy and list of federated credentials in what `aws`, `az`, Microsoft Graph, PowerShell, Terraform, CloudFormation, Azure
 * Resource Manager and `fedbridge trust` print, and whatever else looks like one, wherever it stands, in a text too. Empty where there is
 * none. Permission policies are not looked at.
 *
 * @param readText - reads texts in other languages than JSON
 * @throws DocumentError for a policy that begins as JSON and is none, and for what is nested too deep
 */
export function trustDocumentsIn(
  source: Source,
  parameters: Parameters = {},
  readText?: TextReader,
): readonly TrustDocument[] {
  return documentsOf({ source, path: [], value: source.value, isTemplate: false, readText, level: 0 }, parameters);
}

function documentsOf(whole: Part, parameters: Parameters): readonly TrustDocument[] {
  const resources = terraformParts(whole);
  if (resources) {
    const found = byIdentity(resources.parts.map((part) => ({ part, documents: [...within(part)] })));
    const known = new Set(found.map(contentOf));
    // What a resource has is an output or a variable as well.
    const others = [...within(restOf(whole, resources))].filter(
      (one) => one.unresolved.length > 0 || contentOf(one) === undefined || !known.has(contentOf(one)),
    );
    return [...found, ...others].map(alone);
  }
  const template = cloudFormationParts(whole, parameters) ?? armParts(whole, parameters);
  if (!template) return [...within(whole)];
  return [...template.parts, restOf(whole, template)].flatMap((part) => [...within(part)].map(alone));
}

const contentOf = ({ policy, credentials }: TrustDocument) => textOfJson([policy, credentials]);

/** Without what is around it: of what a template or a plan makes nothing of that is there. */
function alone(document: TrustDocument): TrustDocument {
  return document.credentials ? { ...document, enclosing: (list) => list } : document;
}

/** Looks from the outside inwards, in order. */
function* within(part: Part): Generator<TrustDocument> {
  const { path, value } = part;
  // A policy alone, or a list of them, with nothing around to say whose it is.
  const isBare = part.level === 0 && (path.length === 0 || (path.length === 1 && typeof path[0] === 'number'));
  const document = isBare
    ? (statementsDocument(part) ?? policyDocument(part))
    : areTrustStatements(value)
      ? statementsDocument(part)
      : isTrustPolicy(value)
        ? policyDocument(part)
        : undefined;
  const isOfTrust = document && !isOfPermissions(document.policy);
  if (isOfTrust) yield document;
  if (typeof value === 'string') {
    if (!isOfTrust) yield* ofText(part, value);
  } else if (Array.isArray(value)) {
    if (!isOfTrust) yield* ofList(part, value);
  } else yield* ofObject(part, isOfTrust ? othersThan(membersOfPolicy, value) : (membersOf(value) ?? {}));
}

const isTrustPolicy = (value: unknown) => areTrustStatements(membersOf(value)?.Statement);

/** What stands in an object beside what was read of it: nothing of that is a document. */
function othersThan(read: RegExp, value: unknown): Members {
  return Object.fromEntries(Object.entries(membersOf(value) ?? {}).filter(([name]) => !read.test(name)));
}

const membersOfPolicy = /^(Version|Id|Statement|Sid|Effect|(Not)?(Principal|Action)|Condition)$/;
const membersOfCredential =
  /^(@.*|name|id|type|description|issuer|subject|audiences?|display_?name|claims_?matching_?expression)$/i;

/** What a text holds that is a document of its own, or is said to look as if. */
function* ofText(part: Part, text: string): Generator<TrustDocument> {
  if (!mayHoldDocument(text)) return;
  const sources = sourcesIn(text, part);
  const found = (sources ?? []).flatMap((source) => {
    const { isTemplate, readText, level = 0 } = part;
    return documentsOf({ source, path: [], value: source.value, isTemplate, readText, level: level + 1 }, {});
  });
  const outer = part.address ?? jsonPointer(part.path);
  for (const one of found) {
    const address = [outer, one.address].filter(Boolean).join(' ');
    // As a rule all of it stands on one line.
    yield { ...alone(one), address, positionOf: () => positionIn(part.source, part.path) };
  }
  const resembles = found.length === 0 && !sources ? resembledByText(text) : undefined;
  if (resembles) yield unreadDocument(part, resembles);
}

function* ofList(part: Part, list: readonly unknown[]): Generator<TrustDocument> {
  const isWhole = part.path.length === 0;
  const isOfCredentials = list.some(isCredential) || (isWhole && (list.length === 0 || list.some(resemblesCredential)));
  if (isOfCredentials) {
    yield credentialList(part, list);
    for (const [index, item] of list.entries()) yield* besideCredential(partAt(part, index, item), item);
    return;
  }
  const all = list.map((item, index) => [...within(partAt(part, index, item))]);
  yield* enclosed(all, (index, value) => list.with(index, value));
}

function* ofObject(part: Part, members: Members): Generator<TrustDocument> {
  const isWhole = part.path.length === 0;
  const name = part.address ?? nameOf(members);
  if (isCredential(members)) {
    const document = credentialsDocument([part], isWhole ? '' : (name ?? ''));
    // One alone is no list.
    yield { ...document, enclosing: (list) => (list.length === 1 ? list[0] : list) };
    return yield* besideCredential(part, members);
  }
  const resembles = resembled(members);
  if (resembles) yield unreadDocument({ ...part, address: name }, resembles);
  const names = Object.keys(members);
  const isRole = isRoleOfIam(members, part.path);
  const all = Object.entries(members).map(([member, value]) => {
    if (isRole && policyMembers.test(member)) return [trustOfRole({ ...partAt(part, member, value), address: name })];
    // Most of what a large export has.
    if (value === null || (typeof value !== 'object' && !mayHoldDocument(value) && !policyMembers.test(member)))
      return [];
    const inner = partAt(part, member, value, keepsName.test(member) ? name : undefined);
    const policy = policyMembers.test(member) ? policyDocument({ ...inner, address: name }) : undefined;
    if (policy) return [policy];
    if (Array.isArray(value) && isCredentialList(member, members))
      return [
        {
          ...credentialList({ ...inner, address: isWhole && member === 'value' ? '' : name }, value),
          isMultiTenant: isMultiTenant(members),
        },
        ...value.flatMap((item, index) => [...besideCredential(partAt(inner, index, item), item)]),
      ];
    return [...within(inner)];
  });
  if (isRole && !part.path.includes('InstanceProfileList') && !names.some((one) => policyMembers.test(one)))
    yield trustOfRole({ ...part, value: undefined, address: name });
  yield* enclosed(all, (index, value) => ({ ...members, [names[index] ?? '']: value }));
}

/** The trust policy of a role that IAM prints, though nothing be known of it: that the role is there is. */
function trustOfRole(part: Part): TrustDocument {
  try {
    const policy = policyDocument(part);
    if (policy) return policy;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return unreadDocument(part, `a role of which ${error.what}`);
  }
  return unreadDocument(part, 'a role without a trust policy');
}

/** Source: IAM API Reference, Role and RoleDetail. */
function isRoleOfIam(members: Members, [list, ...within]: JsonPath): boolean {
  if (list === 'RoleDetailList' && within.length === 1) return true;
  const { Arn: arn } = members;
  const isRole = typeof arn === 'string' && /^arn:[\w-]+:iam::\d{12}:role\//.test(arn);
  const isListed = list === 'Roles' && within.length === 1 && typeof members.RoleName === 'string';
  const own = ['RoleName', 'RoleId', 'RolePolicyList', 'AssumeRolePolicyDocument'];
  return isListed || (isRole && own.some((one) => one in members));
}

/** What a credential has beside its own members, which may be anything. */
function* besideCredential(part: Part, value: unknown): Generator<TrustDocument> {
  const others = Object.entries(othersThan(membersOfCredential, value)).map(([name, member]) => {
    const isWrapper = /^properties$/i.test(name) && membersOf(member);
    return [name, isWrapper ? othersThan(membersOfCredential, member) : member] as const;
  });
  yield* within({ ...part, value: Object.fromEntries(others) });
}

/**
 * The documents in the parts of an object or a list; credentials that are the only ones with the whole around them.
 *
 * @param wholeWith - the whole with another value in the place of a part
 */
function enclosed(
  all: readonly (readonly TrustDocument[])[],
  wholeWith: (index: number, value: unknown) => unknown,
): readonly TrustDocument[] {
  const documents = all.flat();
  const [only, another] = documents;
  if (!only || another || !only.credentials) return documents;
  const index = all.findIndex(({ length }) => length > 0);
  return [{ ...only, enclosing: (list) => wholeWith(index, only.enclosing(list)) }];
}

/** Source: Microsoft Graph, `application`, `signInAudience`. */
function isMultiTenant(members: Members): boolean {
  const audience = Object.entries(members).find(([name]) => /^signInAudience$/i.test(name))?.[1];
  return typeof audience === 'string' && /^AzureAD(MultipleOrgs|andPersonalMicrosoftAccount)$/i.test(audience);
}

/** A policy that names resources is not about who may become a role. */
function isOfPermissions(policy: object | undefined): boolean {
  const { Statement: listed } = membersOf(policy) ?? {};
  const statements = (Array.isArray(listed) ? listed : [listed]).map((one) => membersOf(one) ?? {});
  return statements.length > 0 && statements.every((one) => 'Resource' in one || 'NotResource' in one);
}

/** As IAM, CloudFormation, AWS Config, Terraform, Pulumi and `fedbridge trust` call a role's trust policy. */
const policyMembers = /^(assume_?role_?policy(_?document)?|trustPolicy)$/i;

/** What stands around the members of a resource, which are still its own. */
const keepsName = /^(properties|configuration|values|attributes|body)$/i;

/** Whether a list is one of credentials, though it be empty. */
function isCredentialList(member: string, members: Members): boolean {
  if (/^federatedIdentityCredentials$/i.test(member)) return true;
  const isAnswer =
    member === 'value' && Object.keys(members).every((name) => /^(value|nextLink|@odata\..*)$/.test(name));
  const list = members.value;
  return isAnswer && Array.isArray(list) && (list.length === 0 || list.some(resemblesCredential));
}

/** What a role or an application is called by who prints it. */
function nameOf(members: Members): string | undefined {
  const lower = new Map(Object.entries(members).map(([name, value]) => [name.toLowerCase(), value]));
  const names = ['arn', 'rolename', 'displayname', 'appid', 'name'].map((name) => lower.get(name));
  return names.find((name): name is string => typeof name === 'string' && name !== '');
}
