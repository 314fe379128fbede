import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { namesOf, type Program, type Span, without, withoutUnused } from './unused-functions.ts';

/** Modules of libraries that others take the place of, by the library and as that imports them. */
const replaced: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Running programs and finding files: CommonJS would bring both whether they are used or not.
  'azure-pipelines-task-lib': {
    './externaloutput': '\0nothing',
    './toolrunner': '\0nothing',
    './vault': '\0memory-vault',
    child_process: '\0nothing',
    crypto: '\0lazy-crypto',
    minimatch: '\0nothing',
    semver: '\0new-node',
  },
  // YAML is read alone, node by node: nothing is written, changed or made a value of, and no tags but those of YAML 1.2 are resolved.
  yaml: {
    '../../stringify/stringifyNumber.js': '\0nothing',
    '../../stringify/stringifyString.js': '\0nothing',
    '../doc/applyReviver.js': '\0nothing',
    '../doc/createNode.js': '\0nothing',
    '../nodes/toJS.js': '\0nothing',
    '../stringify/stringify.js': '\0nothing',
    '../stringify/stringifyCollection.js': '\0nothing',
    '../stringify/stringifyDocument.js': '\0nothing',
    '../stringify/stringifyPair.js': '\0nothing',
    '../stringify/stringifyString.js': '\0nothing',
    '../visit.js': '\0nothing',
    './addPairToJSMap.js': '\0nothing',
    './applyReviver.js': '\0nothing',
    './createNode.js': '\0nothing',
    './json/schema.js': '\0nothing',
    './toJS.js': '\0nothing',
    './yaml-1.1/binary.js': '\0nothing',
    './yaml-1.1/merge.js': '\0nothing',
    './yaml-1.1/omap.js': '\0nothing',
    './yaml-1.1/pairs.js': '\0nothing',
    './yaml-1.1/schema.js': '\0nothing',
    './yaml-1.1/set.js': '\0nothing',
    './yaml-1.1/timestamp.js': '\0nothing',
  },
  '@smithy/core': { 'node:crypto': '\0lazy-crypto', 'node:zlib': '\0nothing', './uuid/v4': '\0lazy-uuid' },
};

const modules: Readonly<Record<string, string>> = {
  '\0nothing': 'module.exports = {};',
  // All that is asked is whether Node is older than 4.2.
  '\0new-node': 'exports.lt = () => false;',
  // It takes a fifth of the time that Node takes to start, and loads when it is used. What is missing here, the bundler tells.
  '\0lazy-crypto': `import { createRequire } from 'node:module';
    const load = createRequire(import.meta.url);
    const lazy = (name) => (...args) => load('node:crypto')[name](...args);
    ${['createCipheriv', 'createHash', 'createHmac', 'getRandomValues', 'randomBytes', 'randomUUID']
      .map((name) => `export const ${name} = lazy('${name}');`)
      .join('\n')}`,
  // The global loads it as well.
  '\0lazy-uuid': 'export const bindV4 = () => () => crypto.randomUUID();',
  // The library's own writes the key of what it keeps to the job's temp folder, for all to read, and ends a task without a word where that
  // cannot be written. This one keeps a process's secrets in its memory alone.
  '\0memory-vault': `exports.Vault = class {
    #store = new Map();
    initialize() {}
    storeSecret(name, data) {
      if (!name) return false;
      if (!data) this.#store.delete(name.toLowerCase());
      else this.#store.set(name.toLowerCase(), data);
      return Boolean(data);
    }
    retrieveSecret(name) {
      return this.#store.get((name || '').toLowerCase());
    }
  };`,
};

/** Methods of YAML's nodes and documents that change them, or make values of them. Directives are cloned while a document is read. */
const unusedMethods = [
  ...['addIn', 'deleteIn', 'getIn', 'hasIn', 'setIn', 'hasAllNullValues'],
  ...['clone', 'createAlias', 'createNode', 'createPair', 'toJS', 'toJSON', 'toString'],
  ...['add', 'delete', 'get', 'has', 'resolve', 'set'],
];
const ofUnusedMethods = /\/node_modules\/yaml\/.*\/(nodes\/\w+|doc\/Document)\.js$/;

/** Leaves out of libraries what is never called, and has the rest load what it needs when it needs it. */
export const libraryParts: Plugin = {
  name: 'library-parts',
  resolveId(id, importer = '') {
    const library = Object.keys(replaced).find((name) => importer.includes(`/node_modules/${name}/`));
    return library === undefined ? undefined : replaced[library]?.[id];
  },
  load: (id) => modules[id],
  transform(code, id) {
    const parse = (text: string) => this.parse(text);
    if (ofUnusedMethods.test(id)) return without(code, methodsIn(parse(code)));
    const [, part] = /\/node_modules\/azure-pipelines-task-lib\/(task|internal|lib-resource)\.js$/.exec(id) ?? [];
    if (part === undefined) return undefined;
    if (part === 'lib-resource') return without(code, translationsIn(parse(code)));
    const task = () =>
      withoutUnused(part === 'task' ? code : readFileSync(join(id, '..', 'task.js'), 'utf8'), ourCalls(), parse);
    return part === 'task' ? task() : withoutUnused(code, namesOf('im', task()), parse);
  },
};

function methodsIn({ body }: Program): readonly Span[] {
  return body
    .flatMap((one) => (one.type === 'ClassDeclaration' ? one.body.body : []))
    .filter(
      (one) => one.type === 'MethodDefinition' && one.key.type === 'Identifier' && unusedMethods.includes(one.key.name),
    );
}

/** What the agent's library says, in other languages than steps speak. */
function translationsIn({ body }: Program): readonly Span[] {
  return body
    .flatMap((one) =>
      one.type === 'ExpressionStatement' && one.expression.type === 'AssignmentExpression'
        ? [one.expression.right]
        : [],
    )
    .flatMap((one) => (one.type === 'ObjectExpression' ? one.properties : []))
    .filter((one) => one.type === 'Property' && one.key.type === 'Literal' && one.key.value === 'localizedMessages');
}

/** The functions of the agent's library that steps call. */
function ourCalls(): ReadonlySet<string> {
  const folder = join(import.meta.dirname, '..', 'packages', 'azure-pipelines', 'src');
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return namesOf('tasks', sources.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n'));
}
