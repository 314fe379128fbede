/**
 * Which codes of `FedbridgeError` the exports of packages throw, and which their docstrings name. A function throws what it creates in a
 * `throw`, and what the functions throw that it calls by name, but for what is caught. Methods of what has an interface are described
 * there; calls of methods of other objects are not followed.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'rolldown/utils';

// biome-ignore lint/suspicious/noExplicitAny: any node of ESTree.
type Node = any;

/** A call by name. */
interface Call {
  readonly name: string;
  /** Whether what it returns is thrown. */
  readonly isThrown: boolean;
  /** Calls to which it is handed in a function. */
  readonly within: readonly string[];
}

interface Routine {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly isDescribed: boolean;
  readonly doc: string;
  readonly parameters: readonly string[];
  readonly thrown: Set<string>;
  /** Of errors that it makes, thrown here or by who calls it. */
  readonly created: Set<string>;
  readonly calls: Call[];
  /** Whether it calls what it is handed, and catches what that throws. */
  catches: boolean;
}

/** Where in a routine a node stands. */
interface Place {
  readonly isThrown: boolean;
  readonly isCaught: boolean;
  readonly within: readonly string[];
}

const routines = new Map<string, Routine>();
/** Names that are of another file, `file#name` by `file#name`. */
const aliases = new Map<string, string>();

/** Exports of libraries that throw what their docstrings do not name, a line each. The emulator has errors of its own. */
export function unnamedCodes(root: string): string[] {
  const entries = entriesOfPackages(root);
  for (const file of globSync('packages/*/src/**/*.ts', { cwd: root }).sort()) {
    if (!/\.(test|corpus|model)\.ts$|^packages\/(cli|page|emulator)\//.test(file)) read(root, file, entries);
  }
  while ([...routines.values()].map(passOn).some((isNew) => isNew));
  return [...routines.values()].flatMap((routine) => {
    const missing = [...routine.thrown].filter((code) => !isNamed(code, routine.doc));
    if (!routine.isDescribed || missing.length === 0) return [];
    return [`${routine.file}:${routine.line}: ${routine.name} throws ${missing.sort().join(', ')}`];
  });
}

function isNamed(code: string, doc: string): boolean {
  const [, said = ''] = /@throws FedbridgeError([\s\S]*)/.exec(doc) ?? [];
  if (/^ (as `|as it came|of any code)/.test(said)) return true;
  const names = [...said.matchAll(/`([A-Z_]+\*?)`/g)].map(([, name = '']) => name);
  return names.some((name) => (name.endsWith('*') ? code.startsWith(name.slice(0, -1)) : code === name));
}

/** Takes over what a routine's calls throw. @returns whether that was more than before */
function passOn(routine: Routine): boolean {
  const { file, thrown } = routine;
  const before = thrown.size;
  for (const { name, isThrown, within } of routine.calls) {
    if (within.some((one) => routineOf(file, one)?.catches)) continue;
    const called = routineOf(file, name);
    for (const code of [...(called?.thrown ?? []), ...(isThrown ? (called?.created ?? []) : [])]) thrown.add(code);
  }
  return thrown.size > before;
}

/** By the name that it has in a file, of a class with its member. */
function routineOf(file: string, name: string): Routine | undefined {
  const own = routines.get(`${file}#${name}`);
  if (own) return own;
  const [first = '', ...member] = name.split('.');
  const [target, as] = aliases.get(`${file}#${first}`)?.split('#') ?? [];
  return target === undefined ? undefined : routineOf(target, [as, ...member].join('.'));
}

type Entries = ReadonlyMap<string, string>;

/** Source files by what they are imported as. */
function entriesOfPackages(root: string): Entries {
  return new Map(
    globSync('packages/*/package.json', { cwd: root }).flatMap((path) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, path), 'utf8'));
      return Object.entries<string>(exports).map(
        ([entry, source]) => [`${name}${entry.slice(1)}`, join(dirname(path), source)] as const,
      );
    }),
  );
}

function read(root: string, file: string, entries: Entries): void {
  const text = readFileSync(join(root, file), 'utf8');
  const { program, comments } = parseSync(file, text);
  const docAt = (at: number) => {
    const comment = comments.findLast(({ end }) => end <= at);
    const isNext = comment && /^\s*$/.test(text.slice(comment.end, at));
    return isNext && comment.value.startsWith('*') ? comment.value : '';
  };
  const add = (name: string, node: Node, at: number, isDescribed: boolean) => {
    const parameters = (node.params ?? []).flatMap((one: Node) => one.name ?? []);
    const routine: Routine = {
      ...{ file, name, line: text.slice(0, at).split('\n').length, isDescribed, doc: docAt(at), parameters },
      ...{ thrown: new Set(), created: new Set(), calls: [], catches: false },
    };
    walk(node.body ?? node, routine, { isThrown: false, isCaught: false, within: [] });
    routines.set(`${file}#${name}`, routine);
  };
  for (const statement of program.body as Node[]) {
    readNames(file, statement, entries);
    const isExported = statement.type === 'ExportNamedDeclaration';
    const declared = isExported ? statement.declaration : statement;
    if (declared?.type === 'FunctionDeclaration') add(declared.id.name, declared, statement.start, isExported);
    for (const { id, init } of declared?.type === 'VariableDeclaration' ? declared.declarations : [])
      if (init) add(id.name, init, statement.start, isExported && /Function/.test(init.type));
    for (const member of declared?.type === 'ClassDeclaration' ? declared.body.body : []) {
      const isOwn = declared.implements.length === 0 || docAt(member.start) !== '';
      const isPublic = isExported && member.key?.type !== 'PrivateIdentifier';
      if (member.value) add(`${declared.id.name}.${member.key.name}`, member.value, member.start, isPublic && isOwn);
    }
  }
}

/** What a file has of others. */
function readNames(file: string, { type, source, specifiers = [] }: Node, entries: Entries): void {
  const target = source?.value.startsWith('.') ? join(dirname(file), source.value) : entries.get(source?.value);
  if (target === undefined) return;
  for (const { local, imported, exported } of specifiers) {
    const [here, there] = type === 'ImportDeclaration' ? [local, imported] : [exported, local];
    if (there) aliases.set(`${file}#${here.name}`, `${target}#${there.name}`);
  }
}

function walk(node: Node, routine: Routine, place: Place): void {
  if (Array.isArray(node)) for (const one of node) walk(one, routine, place);
  else if (node?.type === 'TryStatement' && node.handler) walkTry(node, routine, place);
  else if (node?.type === 'ThrowStatement') walk(node.argument, routine, { ...place, isThrown: true });
  else if (node?.type === 'NewExpression' && node.callee.name === 'FedbridgeError') walkError(node, routine, place);
  else if (node?.type === 'CallExpression') walkCall(node, routine, place);
  else if (typeof node?.type === 'string') for (const value of Object.values(node)) walk(value, routine, place);
}

function walkTry({ block, handler, finalizer }: Node, routine: Routine, place: Place): void {
  walk(block, routine, { ...place, isCaught: place.isCaught || !passesOn(handler.body, handler.param?.name) });
  walk([handler.body, finalizer], routine, place);
}

function walkError({ arguments: [code, ...others] }: Node, routine: Routine, place: Place): void {
  for (const one of codesIn(code)) {
    routine.created.add(one);
    if (place.isThrown && !place.isCaught) routine.thrown.add(one);
  }
  walk(others, routine, { ...place, isThrown: false });
}

function walkCall({ callee, arguments: handed }: Node, routine: Routine, place: Place): void {
  const method = callee.property?.name;
  const isHandled = method === 'catch' || (method === 'then' && handed.length > 1);
  const name = nameOf(callee, routine);
  if (name !== undefined && !place.isCaught) routine.calls.push({ ...place, name });
  if (place.isCaught && routine.parameters.includes(callee.name ?? callee.object?.name)) routine.catches = true;
  // An error with more detail is the error.
  const isThrown = place.isThrown && method === 'with';
  walk(callee, routine, { ...place, isThrown, isCaught: place.isCaught || isHandled });
  const within = name === undefined ? place.within : [...place.within, name];
  for (const one of handed) {
    const isWork = /Function|ObjectExpression/.test(one.type);
    walk(one, routine, { ...place, isThrown: false, within: isWork ? within : place.within });
  }
}

/** What is called: a function, a member of an object of that name, or of the class itself. */
function nameOf(callee: Node, routine: Routine): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression') return undefined;
  const { object, property } = callee;
  if (object.type === 'ThisExpression') return `${routine.name.split('.')[0]}.${property.name}`;
  return object.type === 'Identifier' ? `${object.name}.${property.name}` : undefined;
}

/** The codes that an argument can be. */
function codesIn(node: Node): readonly string[] {
  if (node?.type === 'ConditionalExpression') return [...codesIn(node.consequent), ...codesIn(node.alternate)];
  return node?.type === 'Literal' ? [node.value] : [];
}

/** Whether a handler throws an error of ours that it caught, as it is or with more; one that tells ours from others throws those. */
function passesOn(handler: Node, caught: string | undefined): boolean {
  const isSorted = has(handler, ({ operator, right }) => operator === 'instanceof' && right.name === 'FedbridgeError');
  return has(handler, ({ type, argument }) => {
    if (type !== 'ThrowStatement' || caught === undefined) return false;
    const isMore =
      argument.callee?.object?.name === caught || argument.arguments?.some((one: Node) => one.name === caught);
    return isMore || (!isSorted && argument.name === caught);
  });
}

/** Whether there is such a node in one. */
function has(node: Node, isSuch: (node: Node) => boolean): boolean {
  if (Array.isArray(node)) return node.some((one) => has(one, isSuch));
  if (typeof node?.type !== 'string') return false;
  return isSuch(node) || Object.values(node).some((value) => has(value, isSuch));
}
