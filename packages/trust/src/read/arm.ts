import { type ArmTemplate, armText } from './arm-expression.ts';
import { ResolvedLength } from './resolved-length.ts';
import { deepest, type Members, membersOf, type Parameters, type Part, partAt, textOf } from './trust-document.ts';

/**
 * The federated credentials of an ARM template, which is also what `az bicep build` makes of Bicep, resolved as far as the template and the
 * given parameters tell. Undefined for anything else.
 * Source: Microsoft Learn, "Understand the structure and syntax of ARM templates".
 */
export function armParts(whole: Part, parameters: Parameters): readonly Part[] | undefined {
  const members = membersOf(whole.value);
  if (!members || !isTemplate(members)) return undefined;
  const variables = membersOf(members.variables) ?? {};
  return [...resourcesOf(whole, { parameters, variables, length: new ResolvedLength(whole) })];
}

function isTemplate(members: Members): boolean {
  return (
    typeof members.$schema === 'string' && /deploymenttemplate\.json/i.test(members.$schema) && 'resources' in members
  );
}

/** Of a list, or by symbolic name; of each those within it, and within the template that it deploys. */
function* resourcesOf(outer: Part, template: ArmTemplate): Generator<Part> {
  const { resources } = membersOf(outer.value) ?? {};
  const list = partAt(outer, 'resources', resources);
  const all = Array.isArray(resources) ? [...resources.entries()] : Object.entries(membersOf(resources) ?? {});
  for (const [key, resource] of all) {
    const members = membersOf(resource) ?? {};
    const type = textOf(members.type);
    const part = partAt(list, key, resource);
    template.length.enter({ ...part, address: textOf(members.name) || undefined });
    if (/(^|\/)federatedIdentityCredentials(@|$)/i.test(type)) yield credential(part, members, template);
    else if (/\/userAssignedIdentities(@|$)/i.test(type)) yield* resourcesOf(part, template);
    else if (/^Microsoft\.Resources\/deployments(@|$)/i.test(type)) yield* deployed(part, members, template);
    else if (/^Microsoft\.Graph\/applications(@|$)/i.test(type))
      yield { ...part, value: resolved(resource, template, 0), isTemplate: true };
  }
}

function credential(part: Part, members: Members, template: ArmTemplate): Part {
  const value = membersOf(resolved(members, template, 0)) ?? {};
  const properties = membersOf(value.properties) ?? hiddenBehind(value.properties);
  // The name of a resource within another one has that in front.
  const name = textOf(properties.name ?? value.name).replace(/^.*\//, '');
  const { audiences } = properties;
  const list = typeof audiences === 'string' ? { audiences: [audiences] } : {};
  return { ...part, value: { ...properties, name, ...list }, address: name, isTemplate: true };
}

/** The members of a credential that is one expression as a whole. */
function hiddenBehind(expression: unknown): Members {
  return typeof expression === 'string' ? { issuer: expression, subject: expression, audiences: [expression] } : {};
}

/** The template of a deployment has parameters of its own, whose values are expressions of the outer one: they stay unresolved. */
function* deployed(part: Part, members: Members, { length }: ArmTemplate): Generator<Part> {
  const properties = partAt(part, 'properties', members.properties);
  const inner = membersOf(properties.value)?.template;
  const variables = membersOf(membersOf(inner)?.variables) ?? {};
  const template = { parameters: {}, variables, length };
  if (membersOf(inner)) yield* resourcesOf(partAt(properties, 'template', inner), template);
}

function resolved(value: unknown, template: ArmTemplate, depth: number): unknown {
  if (depth > deepest) throw template.length.tooDeep();
  if (typeof value === 'string') return armText(value, template);
  if (Array.isArray(value)) return value.map((item) => resolved(item, template, depth + 1));
  const members = membersOf(value);
  if (!members) return value;
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, resolved(member, template, depth + 1)]),
  );
}
