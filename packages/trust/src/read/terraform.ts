import { credentialsDocument, isCredential } from './credentials-document.ts';
import type { Parts } from './rest.ts';
import { type Members, membersOf, type Part, partAt, type TrustDocument, textOf } from './trust-document.ts';
import { placeholder } from './unresolved.ts';

/**
 * The resources of a plan or a state: `terraform show -json` of either, or a state file of version 4. Of a plan what is planned, of what
 * was before nothing. Undefined for anything else.
 * Source: Terraform, "JSON Output Format"; hashicorp/terraform `internal/states/statefile/version4.go`.
 */
export function terraformParts(whole: Part): Parts | undefined {
  const members = membersOf(whole.value);
  if (!members) return undefined;
  if (typeof members.format_version === 'string') {
    const name = 'planned_values' in members ? 'planned_values' : 'values';
    const values = partAt(whole, name, members[name]);
    const unknown = unknownOf(members.resource_changes);
    return partsOf(whole, [...ofModule(partAt(values, 'root_module', membersOf(values.value)?.root_module), unknown)]);
  }
  const isState = members.version === 4 && 'terraform_version' in members && Array.isArray(members.resources);
  return isState ? partsOf(whole, [...ofState(partAt(whole, 'resources', members.resources))]) : undefined;
}

function partsOf(whole: Part, found: readonly Part[]): Parts {
  const members = membersOf(whole.value) ?? {};
  const changes = ['resource_changes', 'resource_drift'].flatMap((name) => {
    const all = members[name];
    return Array.isArray(all) ? all.map((_, index) => [name, index, 'change']) : [];
  });
  const outputs = Object.keys(membersOf(members.output_changes) ?? {}).map((name) => [
    'output_changes',
    name,
    'before',
  ]);
  const before = [
    ['prior_state', 'values'],
    ['configuration', 'root_module'],
    ['configuration', 'provider_config'],
  ];
  return {
    // What makes a policy of HCL makes no role: that is another resource, which has the policy.
    parts: found.filter(({ address = '' }) => !/(^|\.)data\.aws_iam_policy_document\.[^.]+$/.test(address)),
    taken: [
      ...found.map(({ path }) => path),
      ...[...before, ...changes, ...outputs].map((path) => [...whole.path, ...path]),
    ],
  };
}

/** Credentials of one application or managed identity are one list, each a resource of its own. */
export function byIdentity(
  found: readonly { readonly part: Part; readonly documents: readonly TrustDocument[] }[],
): readonly TrustDocument[] {
  const groups = new Map<string, Part[]>();
  const others = found.flatMap(({ part, documents }) => {
    const members = membersOf(part.value) ?? {};
    const identity = identities.map((name) => members[name]).find((id) => typeof id === 'string');
    if (typeof identity !== 'string' || !isCredential(members)) return documents;
    const group = groups.get(identity);
    if (group) group.push(part);
    else groups.set(identity, [part]);
    // The first is the credential.
    return documents.slice(1);
  });
  return [
    ...others,
    ...[...groups].map(([identity, parts]) =>
      credentialsDocument(parts, parts.length === 1 ? (parts[0]?.address ?? identity) : identity),
    ),
  ];
}

/** azuread, azurerm. */
const identities = ['application_id', 'application_object_id', 'parent_id', 'user_assigned_identity_id'];

type Unknown = ReadonlyMap<string, Members>;

/** By address, what is known only after the plan is applied. */
function unknownOf(changes: unknown): Unknown {
  const all = Array.isArray(changes) ? changes.map(membersOf) : [];
  return new Map(all.map((one) => [textOf(one?.address), membersOf(membersOf(one?.change)?.after_unknown) ?? {}]));
}

function* ofModule(module: Part, unknown: Unknown): Generator<Part> {
  const { resources, child_modules: children } = membersOf(module.value) ?? {};
  const list = partAt(module, 'resources', resources);
  for (const [index, resource] of (Array.isArray(resources) ? resources : []).entries()) {
    const { address, values } = membersOf(resource) ?? {};
    const part = partAt(partAt(list, index, resource), 'values', values, textOf(address) || undefined);
    yield withUnknown(part, unknown.get(textOf(address)) ?? {});
  }
  for (const [index, child] of (Array.isArray(children) ? children : []).entries())
    yield* ofModule(partAt(partAt(module, 'child_modules', children), index, child), unknown);
}

const ofInterest =
  /^(assume_role_policy(_document)?|name|display_name|issuer|subject|claims_matching_expression|audiences?)$/;

function withUnknown(part: Part, unknown: Members): Part {
  const names = Object.keys(unknown).filter((name) => unknown[name] === true && ofInterest.test(name));
  if (names.length === 0) return part;
  const after = placeholder('known after apply');
  const missing = names.map((name) => [name, /^audiences?$/.test(name) ? [after] : after]);
  return { ...part, value: { ...membersOf(part.value), ...Object.fromEntries(missing) }, isTemplate: true };
}

function* ofState(list: Part): Generator<Part> {
  for (const [index, resource] of (list.value as readonly unknown[]).entries()) {
    const { module, mode, type, name, instances } = membersOf(resource) ?? {};
    const address = [module, mode === 'data' ? mode : '', type, name].map(textOf).filter(Boolean).join('.');
    const all = partAt(partAt(list, index, resource), 'instances', instances);
    for (const [at, instance] of (Array.isArray(instances) ? instances : []).entries()) {
      const { index_key: key, attributes } = membersOf(instance) ?? {};
      const suffix = typeof key === 'string' || typeof key === 'number' ? `[${JSON.stringify(key)}]` : '';
      yield partAt(partAt(all, at, instance), 'attributes', attributes, address + suffix);
    }
  }
}
