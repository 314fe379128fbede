/** What a JSON Schema says of a value, as far as a configuration needs it. Source: JSON Schema 2020-12, "Validation". */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  /** What it is, for an error: `an AWS account ID, twelve digits`. */
  readonly title?: string;
  readonly description?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

/** The one definition of a part of the configuration: the schema that is published, and the type of what it lets through. */
export interface Shape<T> {
  readonly schema: JsonSchema;
  /** Never there: it carries the type. */
  readonly of?: T;
}

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Members<All extends Shapes> = { readonly [Name in keyof All]: NonNullable<All[Name]['of']> };

/** @param like - what it must match, and how that is called */
export function text(description: string, like?: { readonly pattern: string; readonly title: string }): Shape<string> {
  return { schema: { type: 'string', description, ...like } };
}

/** A whole number, with its bounds. */
export function whole(description: string, minimum?: number, maximum?: number): Shape<number> {
  const bounds = { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
  return { schema: { type: 'integer', description, ...bounds } };
}

/** True or false. */
export function flag(description: string): Shape<boolean> {
  return { schema: { type: 'boolean', description } };
}

/** One of a few words. */
export function oneOf<const T extends string>(description: string, ...values: readonly T[]): Shape<T> {
  return { schema: { type: 'string', description, enum: values } };
}

/** Any number of the same, in their order. */
export function list<T>(description: string, of: Shape<T>): Shape<readonly T[]> {
  return { schema: { type: 'array', description, items: of.schema } };
}

/** By names that whoever configures it chooses. */
export function record<T>(description: string, of: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { schema: { type: 'object', description, additionalProperties: of.schema } };
}

/** Whatever stands there. */
export function anything(description: string): Shape<unknown> {
  return { schema: { description } };
}

/** What stands there, or the path of a file that has it. */
export function orFile<T>(description: string, shape: Shape<T>): Shape<T | string> {
  const { type } = shape.schema;
  return { schema: { ...shape.schema, description, type: ['string', ...[type ?? []].flat()] } };
}

/** Members by name, and no others. @param required - those that must be there */
export function object<Required extends Shapes, Optional extends Shapes>(
  description: string,
  required: Required,
  optional: Optional,
): Shape<Members<Required> & Partial<Members<Optional>>> {
  const properties = Object.fromEntries(
    Object.entries({ ...required, ...optional }).map(([name, { schema }]) => [name, schema]),
  );
  const names = Object.keys(required);
  const needs = names.length > 0 ? { required: names } : {};
  return { schema: { type: 'object', description, properties, ...needs, additionalProperties: false } };
}

/** Exactly one of these. */
export function exactlyOne<All extends Shapes>(description: string, all: All): Shape<Partial<Members<All>>> {
  const { schema } = object(description, {}, all);
  return { schema: { ...schema, minProperties: 1, maxProperties: 1 } } as Shape<Partial<Members<All>>>;
}
