import type { JsonPath } from '../json.ts';
import { type ArmTemplate, armText } from './arm-expression.ts';
import { originOf } from './origin.ts';
import { ResolvedLength } from './resolved-length.ts';
import type { Parts } from './rest.ts';
import { deepest, type Members, membersOf, type Parameters, type Part, partAt, textOf } from './trust-document.ts';
import { hiddenPolicy } from './unresolved.ts';

/**
 * The federated credentials of an ARM template, which is also what `az bicep build` makes of Bicep, resolved as far as the template and the
 * given parameters tell. Undefined for anything else.
 * Source: Microsoft Learn, "Understand the structure and syntax of ARM templates".
 */
export function armParts(whole: Part, parameters: Parameters): Parts | undefined {
  const members = membersOf(whole.value);
  if (!members || !isTemplate(members)) return undefined;
  const variables = membersOf(members.variables) ?? {};
  const template = { parameters, variables, length: new ResolvedLength(whole), sections: sectionsOf(members) };
  const found = [...resourcesOf(whole, template)];
  return {
    parts: found.map(({ part }) => part),
    taken: found.map(({ taken }) => taken),
    resolve: (value) => {
      template.length.enter(whole);
      return resolved(value, template, 0);
    },
  };
}

function isTemplate(members: Members): boolean {
  return (
    typeof members.$schema === 'string' && /deploymenttemplate\.json/i.test(members.$schema) && 'resources' in members
  );
}

/** By whose names expressions say what they stand for. */
const sectionsOf = ({ parameters, variables, functions }: Members) => [parameters, variables, functions];

/** A part, and what is read with it. */
interface Found {
  readonly part: Part;
  readonly taken: JsonPath;
}

/** Of a list, or by symbolic name; of each those within it, and within the template that it deploys. */
function* resourcesOf(outer: Part, template: ArmTemplate): Generator<Found> {
  const { resources } = membersOf(outer.value) ?? {};
  const list = partAt(outer, 'resources', resources);
  yield* hidden(list);
  const all = Array.isArray(resources) ? [...resources.entries()] : Object.entries(membersOf(resources) ?? {});
  for (const [key, resource] of all) {
    const members = membersOf(resource) ?? {};
    const type = textOf(members.type);
    const part = { ...partAt(list, key, resource), origin: () => originOf(resource, template.sections) };
    template.length.enter({ ...part, address: textOf(members.name) || undefined });
    yield* hidden(part);
    yield* hidden(partAt(part, 'type', type));
    yield* resourcesOf(part, template);
    if (/(^|\/)federatedIdentityCredentials(@|$)/i.test(type))
      yield { part: credential(part, members, template), taken: [...part.path, 'properties'] };
    else if (/^Microsoft\.Resources\/deployments(@|$)/i.test(type)) yield* deployed(part, members, template);
    else if (/^Microsoft\.Graph\/applications(@|$)/i.test(type)) yield* application(part, members, template);
  }
}

function* application(part: Part, members: Members, template: ArmTemplate): Generator<Found> {
  for (const name of ['properties', 'federatedIdentityCredentials']) yield* hidden(partAt(part, name, members[name]));
  yield { part: { ...part, value: resolved(members, template, 0), isTemplate: true }, taken: part.path };
}

/** Whatever an expression makes in the place of resources. */
function* hidden(part: Part): Generator<Found> {
  const { value, path } = part;
  if (typeof value === 'string' && /^\s*\[(?!\[)/.test(value))
    yield { part: hiddenPolicy(value.trim().slice(1, -1), part), taken: path };
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
function* deployed(part: Part, members: Members, { length, sections }: ArmTemplate): Generator<Found> {
  const properties = partAt(part, 'properties', members.properties);
  const inner = membersOf(properties.value)?.template;
  yield* hidden(properties);
  yield* hidden(partAt(properties, 'template', inner));
  const variables = membersOf(membersOf(inner)?.variables) ?? {};
  const template = {
    parameters: {},
    variables,
    length,
    sections: [...sections, ...sectionsOf(membersOf(inner) ?? {})],
  };
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
