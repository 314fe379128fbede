/**
 * Sources with logic of which no test says that it tests them. A test of its name is beside it, or some test imports it or what it exports
 * by name, or a test of whole journeys names its path in the comment at its head.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'rolldown/utils';

// biome-ignore lint/suspicious/noExplicitAny: any node of ESTree.
type Node = any;

interface Source {
  readonly path: string;
  /** What it declares and exports, but for types. */
  readonly exported: readonly string[];
  readonly hasLogic: boolean;
}

/** What a test says that it tests. */
interface Named {
  /** Sources, by their paths. */
  readonly imported: readonly string[];
  /** What it imports by the name of a package: `<package> <name>`. */
  readonly exports: readonly string[];
  /** Paths in the comment at its head. */
  readonly headed: readonly string[];
}

/** A path a line, each with what is wrong: a source that no test names, or a path in the head of a test where there is no source. */
export function untestedSources(root: string): string[] {
  const files = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).sort();
  const sources = files
    .filter((path) => !/\.(test|corpus|model|d)\.tsx?$|\/(testing|corpus)\//.test(path))
    .map((path) => sourceOf(root, path));
  const tests = [...files, ...globSync(['test/**/*.test.ts', 'scripts/*.test.ts'], { cwd: root })].filter((path) =>
    /\.test\.tsx?$/.test(path),
  );
  const named = tests.map((path) => namedIn(root, path));
  const all = new Set(named.flatMap(({ imported, headed }) => [...imported, ...headed]));
  const exports = new Set(named.flatMap((one) => one.exports));
  const isTested = ({ path, exported }: Source) =>
    tests.includes(path.replace(/\.(tsx?)$/, '.test.$1')) ||
    all.has(path) ||
    exported.some((name) => exports.has(`${packageOf(path)} ${name}`));
  const paths = new Set(sources.map(({ path }) => path));
  return [
    ...sources.filter((one) => one.hasLogic && !isTested(one)).map(({ path }) => `${path}: no test names it`),
    ...named.flatMap(({ headed }, at) =>
      headed.filter((path) => !paths.has(path)).map((path) => `${tests[at]}: names ${path}, which is not there`),
    ),
  ];
}

function sourceOf(root: string, path: string): Source {
  const { program } = parseSync(path, readFileSync(join(root, path), 'utf8'));
  const body: readonly Node[] = program.body;
  const exported = body
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .flatMap(({ declaration }) => declaration?.declarations ?? declaration ?? [])
    .flatMap(({ id }: Node) => id?.name ?? []);
  return { path, exported, hasLogic: exported.length > 0 && hasFunction(program) };
}

function hasFunction(node: Node): boolean {
  if (Array.isArray(node)) return node.some(hasFunction);
  if (node === null || typeof node !== 'object') return false;
  if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|MethodDefinition)$/.test(node.type))
    return true;
  return Object.values(node).some(hasFunction);
}

function namedIn(root: string, path: string): Named {
  const text = readFileSync(join(root, path), 'utf8');
  const body: readonly Node[] = parseSync(path, text).program.body;
  const imports = body.filter(({ type, importKind }) => type === 'ImportDeclaration' && importKind !== 'type');
  const of = (from: string): readonly string[] =>
    imports
      .filter(({ source }) => source.value === from)
      .flatMap(({ specifiers }) => specifiers)
      .filter(({ importKind }: Node) => importKind !== 'type')
      .map(({ imported }: Node) => imported?.name ?? '*');
  const addresses: readonly string[] = [...new Set(imports.map(({ source }) => source.value as string))];
  const [head = ''] = /^\s*\/\*\*[\s\S]*?\*\//.exec(text) ?? [];
  return {
    imported: addresses
      .filter((from) => from.startsWith('.') && of(from).length > 0)
      .map((from) => join(dirname(path), from)),
    exports: addresses.flatMap((from) => {
      const [, name] = /^@fedbridge\/([^/]+)/.exec(from) ?? [];
      return name === undefined ? [] : of(from).map((one) => `${name} ${one}`);
    }),
    headed: head.match(/packages\/[\w./-]+\.tsx?/g) ?? [],
  };
}

function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}
