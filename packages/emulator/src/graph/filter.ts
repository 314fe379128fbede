import { GraphProblem } from './graph-problem.ts';

/** What can be asked of an object: texts, and lists of texts. */
export type Filterable = Readonly<Record<string, unknown>>;

type Test = (one: Filterable) => boolean;

/**
 * The objects that a `$filter` lets through, as far as the Azure CLI and Terraform write one: comparisons that all must hold.
 * Source: Microsoft Learn, "Use the $filter query parameter"; texts are compared without case, as the directory does.
 *
 * @throws GraphProblem for a filter of another form
 */
export function filtered<T extends Filterable>(all: readonly T[], filter: string | undefined): readonly T[] {
  if (filter === undefined) return all;
  const tests = testsOf(filter);
  return all.filter((one) => tests.every((test) => test(one)));
}

const text = "'((?:[^']|'')*)'";
const forms: readonly (readonly [RegExp, (name: string, value: string) => Test])[] = [
  [new RegExp(`^(\\w+) eq ${text}`), (name, value) => (one) => lower(one[name]) === value],
  [new RegExp(`^startswith\\((\\w+), ?${text}\\)`, 'i'), (name, value) => (one) => lower(one[name]).startsWith(value)],
  [
    new RegExp(`^(\\w+)/any\\((?:\\w+):\\w+ eq ${text}\\)`),
    (name, value) => (one) => Array.isArray(one[name]) && one[name].some((item) => lower(item) === value),
  ],
];

const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : '');

function testsOf(filter: string): readonly Test[] {
  const tests: Test[] = [];
  let rest = filter.trim();
  while (true) {
    const [found, make] = firstOf(rest);
    const [whole, name = '', value = ''] = found;
    tests.push(make(name, value.replaceAll("''", "'").toLowerCase()));
    rest = rest.slice(whole.length);
    if (rest === '') return tests;
    if (!rest.startsWith(' and ')) throw unsupported(rest);
    rest = rest.slice(' and '.length);
  }
}

function firstOf(rest: string) {
  for (const [form, make] of forms) {
    const found = form.exec(rest);
    if (found) return [found, make] as const;
  }
  throw unsupported(rest);
}

function unsupported(part: string): GraphProblem {
  return new GraphProblem(400, 'Request_UnsupportedQuery', `Unsupported or invalid query filter clause: ${part}`);
}
