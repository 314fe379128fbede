import type { JsonSchema } from './shape.ts';

/** What is wrong with a part of a configuration. */
export interface ConfigProblem {
  readonly path: readonly (string | number)[];
  /** A sentence. */
  readonly message: string;
  readonly hint?: string;
}

type Path = ConfigProblem['path'];

/** All that keeps a value from being what a schema says, in the order that it stands there. */
export function problemsOf(value: unknown, schema: JsonSchema, path: Path = []): readonly ConfigProblem[] {
  const wrongType = typeProblem(value, schema, path);
  if (wrongType) return [wrongType];
  if (typeof value === 'string') return textProblems(value, schema, path);
  if (typeof value === 'number') return numberProblems(value, schema, path);
  if (Array.isArray(value))
    return value.flatMap((one, index) => (schema.items ? problemsOf(one, schema.items, [...path, index]) : []));
  return isObject(value) ? objectProblems(value, schema, path) : [];
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function typeProblem(value: unknown, schema: JsonSchema, path: Path): ConfigProblem | undefined {
  const types: readonly string[] = [schema.type ?? []].flat();
  if (types.length === 0 || types.some((type) => isOfType(value, type))) return undefined;
  const wanted = types.map((type) => kinds[type]).join(' or ');
  const message = `${nameOf(path)} is ${kindOf(value)}, and must be ${wanted}.`;
  const canBeQuoted = types.includes('string') && ['number', 'boolean'].includes(typeof value);
  return { path, message, ...(canBeQuoted ? { hint: `Put it in quotes: "${value}".` } : {}) };
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  const type = Array.isArray(value) ? 'array' : typeof value;
  return kinds[type] ?? type;
}

function textProblems(value: string, schema: JsonSchema, path: Path): readonly ConfigProblem[] {
  const { enum: values, pattern, title = `like ${pattern}` } = schema;
  if (values && !values.includes(value)) {
    const message = `"${value}" is none of ${values.join(', ')}.`;
    return [{ path, message, ...didYouMean(value, values) }];
  }
  if (pattern === undefined || new RegExp(pattern, 'u').test(value)) return [];
  const isOnlyShort = /^\^https\?:/.test(pattern) && new RegExp(pattern, 'u').test(`https://${value}`);
  const hint = isOnlyShort ? { hint: `Did you mean "https://${value}"?` } : {};
  return [{ path, message: `"${value}" is not ${title}.`, ...hint }];
}

function numberProblems(value: number, { minimum, maximum }: JsonSchema, path: Path): readonly ConfigProblem[] {
  const isBelow = minimum !== undefined && value < minimum;
  const isAbove = maximum !== undefined && value > maximum;
  if (!isBelow && !isAbove) return [];
  const range = maximum === undefined ? `${minimum} or more` : `${minimum ?? 0} to ${maximum}`;
  return [{ path, message: `${nameOf(path)} is ${value}, and must be ${range}.` }];
}

function objectProblems(value: Members, schema: JsonSchema, path: Path): readonly ConfigProblem[] {
  const { properties = {}, required = [], additionalProperties, minProperties = 0, maxProperties } = schema;
  const names = Object.keys(properties);
  const count = Object.keys(value).length;
  const isOtherCount = count < minProperties || (maxProperties !== undefined && count > maxProperties);
  const oneOfThem = { path, message: `${nameOf(path)} must have exactly one of ${names.join(', ')}.` };
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({ path, message: `${nameOf(path)} has no ${name}.` })),
    ...Object.entries(value).flatMap(([name, member]) => {
      const inner = [...path, name];
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (known === false)
        return [{ path: inner, message: `${nameOf(path)} has no member "${name}".`, ...didYouMean(name, names) }];
      return known ? problemsOf(member, known, inner) : [];
    }),
    ...(isOtherCount ? [oneOfThem] : []),
  ];
}

/** A member by its name, an item by its list's. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The configuration';
  return typeof last === 'number' ? `Item ${last + 1} of ${path.at(-2)}` : `"${last}"`;
}

function didYouMean(given: string, known: readonly string[]): { readonly hint?: string } {
  const [nearest] = known
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  if (nearest) return { hint: `Did you mean "${nearest.name}"?` };
  return known.length === 0 ? {} : { hint: `There are: ${known.join(', ')}.` };
}

/** How many letters must be put in, taken away or replaced. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
