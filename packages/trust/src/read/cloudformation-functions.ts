import type { ResolvedLength } from './resolved-length.ts';
import { type Members, membersOf, type Parameters, textOf } from './trust-document.ts';
import { placeholder } from './unresolved.ts';

/** What functions refer to. */
export interface Template {
  readonly parameters: Parameters;
  readonly resources: Members;
  readonly mappings: Members;
  /** Of the OIDC providers that were named before; undefined for one whose own URL is being resolved. */
  readonly providerArns: Map<string, string | undefined>;
  readonly length: ResolvedLength;
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
  if (name === 'Ref') return { result: counted(reference(nameOf(argument), template, depth), template) };
  if (name === 'Condition' && typeof argument === 'string') return { result: placeholder(`Condition ${argument}`) };
  if (!name.startsWith('Fn::')) return undefined;
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const result = known?.(resolvedArgument(name, argument, template, depth), template, depth);
  return { result: counted(result ?? placeholder(described(name, argument)), template) };
}

/** What is in a mapping or a parameter can be had any number of times. */
function counted(result: unknown, { length }: Template): unknown {
  for (const one of Array.isArray(result) ? result : [result]) length.take(isText(one) ? String(one).length : 1);
  return result;
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
      const put = isText(value) ? String(value) : placeholder(name);
      template.length.take(put.length);
      return put;
    });
  },
  'Fn::Join': (argument, { length }) => {
    const [separator, list] = Array.isArray(argument) ? argument : [];
    if (typeof separator !== 'string' || !Array.isArray(list) || !list.every(isText)) return undefined;
    for (const item of list) length.take(String(item).length + separator.length);
    return list.join(separator);
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
    const [map, top, second] = Array.isArray(argument) ? argument.map(nameOf) : [];
    const value = membersOf(membersOf(mappings[map ?? ''])?.[top ?? ''])?.[second ?? ''];
    return isText(value) || Array.isArray(value) ? value : undefined;
  },
  'Fn::GetAtt': (argument, template, depth) => {
    const [id = '', attribute = ''] = Array.isArray(argument) ? argument.map(nameOf) : splitName(nameOf(argument));
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

/** The resource of CloudFormation, and that of the AWS CDK's `iam.OpenIdConnectProvider`, whose `Ref` is an ARN as well. */
const providerTypes = ['AWS::IAM::OIDCProvider', 'Custom::AWSCDKOpenIdConnectProvider'];

/**
 * Of an OIDC provider of the same template, which names itself by its URL. Sources: "AWS::IAM::OIDCProvider", return values; aws/aws-cdk,
 * `packages/aws-cdk-lib/aws-iam/lib/oidc-provider.ts`.
 */
function providerArn(id: string, template: Template, depth: number): string | undefined {
  const { providerArns, resources } = template;
  const resource = Object.hasOwn(resources, id) ? membersOf(resources[id]) : undefined;
  if (!resource || !providerTypes.includes(textOf(resource.Type))) return undefined;
  if (providerArns.has(id)) return providerArns.get(id);
  providerArns.set(id, undefined);
  const url = template.resolve(membersOf(resource.Properties)?.Url, depth + 1);
  if (typeof url !== 'string') return undefined;
  const [partition, account] = ['AWS::Partition', 'AWS::AccountId'].map(
    (name) => parameter(name, template) ?? placeholder(name),
  );
  const arn = `arn:${partition}:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, '')}`;
  providerArns.set(id, arn);
  return arn;
}

/** Of a resource, a parameter or in a mapping: nothing else than a text is one. */
const nameOf = (value: unknown) => (isText(value) ? String(value) : '');

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
