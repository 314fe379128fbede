import { type Members, membersOf, type Parameters } from './trust-document.ts';
import { placeholder } from './unresolved.ts';

/** What functions refer to. */
export interface Template {
  readonly parameters: Parameters;
  readonly resources: Members;
  readonly mappings: Members;
  /** What stands within a function or a resource. @param depth - how many levels are around it */
  resolve(value: unknown, depth: number): unknown;
}

/** Stands for `AWS::NoValue`: the member or item is not there. */
export const noValue = Symbol('AWS::NoValue');

/**
 * What a function of CloudFormation gives; a placeholder where that is not known before a deployment. A parameter's default is no value:
 * who deploys may give another. Undefined for what is no function.
 * Source: AWS CloudFormation Template Reference, "Intrinsic functions".
 */
export function intrinsic(call: Members, template: Template, depth: number): { readonly result: unknown } | undefined {
  const [[name = '', argument] = []] = Object.entries(call);
  if (name === 'Ref') return { result: reference(String(argument), template, depth) };
  if (name === 'Condition' && typeof argument === 'string') return { result: placeholder(`Condition ${argument}`) };
  if (!name.startsWith('Fn::')) return undefined;
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const result = known?.(resolvedArgument(name, argument, template, depth), template, depth);
  return { result: result ?? placeholder(described(name, argument)) };
}

/** Gives undefined for what it cannot tell. */
type Function = (argument: unknown, template: Template, depth: number) => unknown;

const functions: Readonly<Record<string, Function>> = {
  'Fn::Sub': (argument, template, depth) => {
    const [text, own] = Array.isArray(argument) ? argument : [argument];
    if (typeof text !== 'string') return undefined;
    const values = membersOf(own) ?? {};
    return text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const value = Object.hasOwn(values, name) ? values[name] : substituted(name, template, depth);
      return isText(value) ? String(value) : placeholder(name);
    });
  },
  'Fn::Join': (argument) => {
    const [separator, list] = Array.isArray(argument) ? argument : [];
    return typeof separator === 'string' && Array.isArray(list) && list.every(isText)
      ? list.join(separator)
      : undefined;
  },
  'Fn::Split': (argument) => {
    const [separator, text] = Array.isArray(argument) ? argument : [];
    return typeof separator === 'string' && isKnown(text) ? text.split(separator) : undefined;
  },
  'Fn::Select': (argument) => {
    const [index, list] = Array.isArray(argument) ? argument : [];
    return Array.isArray(list) && isText(index) ? list[Number(index)] : undefined;
  },
  'Fn::FindInMap': (argument, { mappings }) => {
    const [map, top, second] = Array.isArray(argument) ? argument.map(String) : [];
    const value = membersOf(membersOf(mappings[map ?? ''])?.[top ?? ''])?.[second ?? ''];
    return isText(value) || Array.isArray(value) ? value : undefined;
  },
  'Fn::GetAtt': (argument, template, depth) => {
    const [id = '', attribute = ''] = Array.isArray(argument) ? argument.map(String) : splitName(String(argument));
    return attribute === 'Arn' ? providerArn(id, template, depth) : undefined;
  },
};

/** Names of resources are no expressions of their own. */
function resolvedArgument(name: string, argument: unknown, template: Template, depth: number): unknown {
  return name === 'Fn::GetAtt' ? argument : template.resolve(argument, depth + 1);
}

function reference(name: string, template: Template, depth: number): unknown {
  if (name === 'AWS::NoValue') return noValue;
  return parameter(name, template) ?? providerArn(name, template, depth) ?? placeholder(name);
}

/** A name in `Fn::Sub`: of a parameter or a resource, or an attribute of one. */
function substituted(name: string, template: Template, depth: number): unknown {
  const [id, attribute] = splitName(name);
  const isArn = attribute === undefined || attribute === 'Arn';
  return parameter(name, template) ?? (isArn ? providerArn(id, template, depth) : undefined);
}

function parameter(name: string, { parameters }: Template): string | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** Of an OIDC provider of the same template, which names itself by its URL. Source: "AWS::IAM::OIDCProvider", return values. */
function providerArn(id: string, template: Template, depth: number): string | undefined {
  const resource = Object.hasOwn(template.resources, id) ? membersOf(template.resources[id]) : undefined;
  if (resource?.Type !== 'AWS::IAM::OIDCProvider') return undefined;
  const url = template.resolve(membersOf(resource.Properties)?.Url, depth + 1);
  if (typeof url !== 'string') return undefined;
  const [partition, account] = ['AWS::Partition', 'AWS::AccountId'].map(
    (name) => parameter(name, template) ?? placeholder(name),
  );
  return `arn:${partition}:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, '')}`;
}

function described(name: string, argument: unknown): string {
  const text =
    typeof argument === 'string' ? argument : Array.isArray(argument) ? argument.filter(isText).join('.') : '';
  return text ? `${name} ${text}` : name;
}

function splitName(name: string): [string, string | undefined] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

const isText = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
/** A text without anything in it that is not. */
const isKnown = (value: unknown): value is string => typeof value === 'string' && !value.includes('⟨');
