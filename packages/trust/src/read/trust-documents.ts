import { armParts } from './arm.ts';
import { cloudFormationParts } from './cloudformation.ts';
import { credentialList, credentialsDocument, isCredential, resemblesCredential } from './credentials-document.ts';
import { policyDocument, statementsDocument } from './policy-document.ts';
import { byIdentity, terraformParts } from './terraform.ts';
import {
  type Members,
  membersOf,
  type Parameters,
  type Part,
  partAt,
  type Source,
  type TrustDocument,
} from './trust-document.ts';

/**
 * Every trust policy and list of federated credentials in what `aws`, `az`, Microsoft Graph, PowerShell, Terraform, CloudFormation, Azure
 * Resource Manager and `fedbridge trust` print. Empty where there is none. Permission policies are not looked at.
 *
 * @throws DocumentError for a policy that begins as JSON and is none, and for what is nested too deep
 */
export function trustDocumentsIn(source: Source, parameters: Parameters = {}): readonly TrustDocument[] {
  const whole: Part = { source, path: [], value: source.value, isTemplate: false };
  const resources = terraformParts(whole);
  if (resources) return byIdentity(resources.map((part) => ({ part, documents: [...within(part)] }))).map(alone);
  const parts = cloudFormationParts(whole, parameters) ?? armParts(whole, parameters);
  if (!parts) return [...within(whole)];
  return parts.flatMap((part) => [...within(part)].map(alone));
}

/** Without what is around it: of what a template or a plan makes nothing of that is there. */
function alone(document: TrustDocument): TrustDocument {
  return document.credentials ? { ...document, enclosing: (list) => list } : document;
}

/** Looks from the outside inwards, in order. */
function* within(part: Part): Generator<TrustDocument> {
  const { path, value } = part;
  // A policy alone, or a list of them, with nothing around to say whose it is.
  const isBare = path.length === 0 || (path.length === 1 && typeof path[0] === 'number');
  const bare = isBare ? (statementsDocument(part) ?? policyDocument(part)) : undefined;
  if (bare) {
    if (!isOfPermissions(bare.policy)) yield bare;
  } else if (Array.isArray(value)) yield* ofList(part, value);
  else yield* ofObject(part, membersOf(value) ?? {});
}

function* ofList(part: Part, list: readonly unknown[]): Generator<TrustDocument> {
  const isWhole = part.path.length === 0;
  const isOfCredentials = list.some(isCredential) || (isWhole && (list.length === 0 || list.some(resemblesCredential)));
  if (isOfCredentials) return yield credentialList(part, list);
  const all = list.map((item, index) => [...within(partAt(part, index, item))]);
  yield* enclosed(all, (index, value) => list.with(index, value));
}

function* ofObject(part: Part, members: Members): Generator<TrustDocument> {
  const isWhole = part.path.length === 0;
  const name = part.address ?? nameOf(members);
  if (isCredential(members)) {
    const document = credentialsDocument([part], isWhole ? '' : (name ?? ''));
    // One alone is no list.
    return yield { ...document, enclosing: (list) => (list.length === 1 ? list[0] : list) };
  }
  const names = Object.keys(members);
  const all = Object.entries(members).map(([member, value]) => {
    // Most of what a large export has.
    if ((typeof value !== 'object' || value === null) && !policyMembers.test(member)) return [];
    const inner = partAt(part, member, value, keepsName.test(member) ? name : undefined);
    if (policyMembers.test(member)) return [policyDocument({ ...inner, address: name }) ?? []].flat();
    if (Array.isArray(value) && isCredentialList(member, members))
      return [
        {
          ...credentialList({ ...inner, address: isWhole && member === 'value' ? '' : name }, value),
          isMultiTenant: isMultiTenant(members),
        },
      ];
    return [...within(inner)];
  });
  yield* enclosed(all, (index, value) => ({ ...members, [names[index] ?? '']: value }));
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
