import { intrinsic, noValue, type Template } from './cloudformation-functions.ts';
import { ResolvedLength } from './resolved-length.ts';
import { deepest, type Members, membersOf, type Parameters, type Part, partAt } from './trust-document.ts';

/**
 * The resources of a CloudFormation template, resolved as far as the template and the given parameters tell; alone, or as `aws
 * cloudformation get-template` prints it. Undefined for anything else.
 * Source: AWS CloudFormation Template Reference, "Template sections".
 */
export function cloudFormationParts(whole: Part, parameters: Parameters): readonly Part[] | undefined {
  const members = membersOf(whole.value);
  const template = isTemplate(members) ? whole : members && partAt(whole, 'TemplateBody', members.TemplateBody);
  const { Resources: resources, Mappings: mappings } = membersOf(template?.value) ?? {};
  if (!template || !isTemplate(membersOf(template.value))) return undefined;
  const context: Template = {
    parameters,
    resources: membersOf(resources) ?? {},
    mappings: membersOf(mappings) ?? {},
    providerArns: new Map(),
    length: new ResolvedLength(whole),
    resolve: (value, depth) => resolved(value, context, depth),
  };
  const list = partAt(template, 'Resources', resources);
  return Object.entries(context.resources).map(([id, resource]) => {
    const { Properties: properties } = membersOf(resource) ?? {};
    const part = partAt(partAt(list, id, resource), 'Properties', properties, `Resources.${id}`);
    context.length.enter(part);
    return { ...part, value: resolved(properties, context, 0), isTemplate: true };
  });
}

function isTemplate(members: Members | undefined): boolean {
  const all = Object.values(membersOf(members?.Resources) ?? {}).map(membersOf);
  return all.some((one) => typeof one?.Type === 'string' && one.Type.includes('::'));
}

/** @param depth - how many levels are around it */
function resolved(value: unknown, template: Template, depth: number): unknown {
  if (depth > deepest) throw template.length.tooDeep();
  if (Array.isArray(value))
    return value.map((item) => resolved(item, template, depth + 1)).filter((one) => one !== noValue);
  const members = membersOf(value);
  if (!members) return value;
  const call = Object.keys(members).length === 1 ? intrinsic(members, template, depth) : undefined;
  if (call) return call.result;
  const all = Object.entries(members).map(([name, member]) => [name, resolved(member, template, depth + 1)] as const);
  return Object.fromEntries(all.filter(([, member]) => member !== noValue));
}
