/**
 * What Node runs first in the standalone command: loads the bundle, which lies in the program with its parts as it lies in a folder
 * elsewhere. Nothing is unpacked. See scripts/standalone.ts.
 */
const { dirname, join } = require('node:path');
const { getAsset } = require('node:sea');
const { compileFunction, constants } = require('node:vm');

const folder = dirname(process.execPath);
const loaded = new Map();

load('index.js');

function load(name) {
  const before = loaded.get(name);
  if (before) return before.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const filename = join(folder, name);
  const compiled = compileFunction(
    getAsset(name, 'utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname'],
    {
      filename,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  const requireOf = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  compiled.call(module.exports, module.exports, requireOf, module, filename, folder);
  return module.exports;
}
