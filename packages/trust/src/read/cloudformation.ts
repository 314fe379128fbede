import { intrinsic, noValue, type Template } from './cloudformation-functions.ts';
import { originOf, withoutRoles } from './origin.ts';
import { ResolvedLength } from './resolved-length.ts';
import type { Parts } from './rest.ts';
import { deepest, type Members, membersOf, type Parameters, type Part, partAt, textOf } from './trust-document.ts';
import { hiddenPolicy, isHidden } from './unresolved.ts';

/**
 * The resources of a CloudFormation template, resolved as far as the template and the given parameters tell; alone, or as `aws
 * cloudformation get-template` prints it. Undefined for anything else.
 * Source: AWS CloudFormation Template Reference, "Template sections".
 */
export function cloudFormationParts(whole: Part, parameters: Parameters): Parts | undefined {
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
  const sections = membersOf(template.value) ?? {};
  const { Parameters, Mappings, Conditions, Rules } = sections;
  const origin = (value: unknown) => () =>
    originOf(value, [Parameters, Mappings, Conditions, Rules, withoutRoles(context.resources)]);
  const parts = Object.entries(context.resources).map(([id, resource]) => {
    const outer = { ...partAt(list, id, resource, `Resources.${id}`), origin: origin(resource) };
    const hidden = hiddenIn(id, resource);
    if (hidden !== undefined) return hiddenPolicy(hidden, outer);
    const { Properties: properties } = membersOf(resource) ?? {};
    const part = partAt(outer, 'Properties', properties, outer.address);
    context.length.enter(part);
    return { ...part, value: resolved(properties, context, 0), isTemplate: true };
  });
  const included = [...Object.keys(sections).filter(isMacro), ...transformsIn(sections.Transform)];
  return {
    parts: [
      ...parts,
      ...argumentsIn(whole, context),
      ...included.map((name) => hiddenPolicy(name, { ...template, origin: origin(template.value) })),
    ],
    taken: [
      ...parts.map(({ path }) => path),
      ...Object.keys(sections)
        .filter(isMacro)
        .map((name) => [...template.path, name]),
    ],
    resolve: (value) => {
      context.length.enter(whole);
      return resolved(value, context, 0);
    },
  };
}

function isTemplate(members: Members | undefined): boolean {
  const resources = membersOf(members?.Resources) ?? {};
  const types = Object.values(resources).map((one) => membersOf(one)?.Type);
  const isFormat = 'AWSTemplateFormatVersion' in (members ?? {}) && 'Transform' in (members ?? {});
  return (
    isFormat ||
    Object.keys(members ?? {}).some(isMacro) ||
    Object.keys(resources).some(isMacro) ||
    types.some((type) => typeof type === 'string' && type.includes('::'))
  );
}

/** What CloudFormation puts something else in the place of, before it reads the template. */
const isMacro = (name: string) => /^Fn::(Transform$|ForEach::)/.test(name);

/** What a resource may be a role by, or have its trust policy from, that the template does not tell; undefined where it tells all. */
function hiddenIn(id: string, resource: unknown): string | undefined {
  if (isMacro(id)) return id;
  const members = membersOf(resource) ?? {};
  const properties = membersOf(members.Properties) ?? {};
  const macro = [...Object.keys(members), ...Object.keys(properties)].find(isMacro);
  const mayBeRole = members.Type === 'AWS::IAM::Role' || typeof members.Type !== 'string';
  if (macro !== undefined) return mayBeRole ? macro : undefined;
  const isTold = 'AssumeRolePolicyDocument' in properties;
  return members.Type === 'AWS::IAM::Role' && !isTold ? 'AssumeRolePolicyDocument' : undefined;
}

/** What functions are given of which it is not known what they make of it: one of it, as a rule. */
function* argumentsIn(part: Part, context: Template): Generator<Part> {
  const { value } = part;
  const own = Array.isArray(value) ? [...value.entries()] : Object.entries(membersOf(value) ?? {});
  const [[name, argument] = [], another] = own;
  const isCall = !another && typeof name === 'string' && name.startsWith('Fn::');
  if (isCall && typeof argument === 'object' && argument !== null && isHidden(resolved(value, context, 0)))
    yield { ...partAt(part, name, argument), value: resolved(argument, context, 0), isTemplate: true };
  for (const [step, inner] of own) {
    if (typeof inner === 'object' && inner !== null) yield* argumentsIn(partAt(part, step, inner), context);
  }
}

/** The macros of a template's section that may put roles into it, or change the ones there are. */
function transformsIn(section: unknown): readonly string[] {
  const all: readonly unknown[] = section === undefined ? [] : Array.isArray(section) ? section : [section];
  return all.flatMap((one) => {
    const name = textOf(membersOf(one)?.Name ?? one);
    return knownTransforms.test(name) ? [] : [['Transform', name].filter(Boolean).join(' ')];
  });
}

/**
 * What they make of a template is in it, or has nothing to do with roles that anybody but a service of AWS is let into.
 * Source: AWS CloudFormation Template Reference, "Transform reference".
 */
const knownTransforms =
  /^AWS::(CodeDeployBlueGreen|LanguageExtensions|SecretsManager-[\d-]+|Serverless-[\d-]+|ServiceCatalog)$/;

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
