import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { format } from 'node:util';
// What the wrappers import, so that it is loaded before a test runs.
import '@fedbridge/azure-pipelines';
import '@fedbridge/github';
import '@fedbridge/steps/clean-up';
import '@fedbridge/steps';
import { root, type Variables } from '../harness/process.ts';
import { type Ended, runNode as runApart } from '../harness/run-node.ts';

const ofTasks = createRequire(`${root}/packages/azure-pipelines/package.json`);
/** The agent's library reads the environment when it is loaded, or again when it is told. */
const library = ofTasks('azure-pipelines-task-lib/internal.js') as { readonly _loadData: () => void };

/** Secrets of a task are kept in memory, as in bundles: its library would write their key into a file. */
const { Vault } = ofTasks('azure-pipelines-task-lib/vault.js') as { readonly Vault: { readonly prototype: object } };
const key = randomBytes(32);
Object.assign(Vault.prototype, { genKey: () => {}, getKey: () => key });

let last: Promise<unknown> = Promise.resolve();
let runs = 0;

/**
 * Stands in for the runner of bundles while mutants are tried: what a bundle is made of runs in this process, one after the other,
 * with the environment, folder and standard output of its own. A bundle of every mutant would take days.
 */
export const runNode: typeof runApart = (node, script, environment, cwd, meanwhile) => {
  const [, wrapper, entry] = /\/((?:actions|tasks)\/[^/]+)\/dist\/(main|post)\/index\.js$/.exec(script) ?? [];
  if (wrapper === undefined || meanwhile) return runApart(node, script, environment, cwd, meanwhile);
  return asProcess(environment, cwd, () => runWrapper(`${root}/${wrapper}/src/${entry}.ts`, script));
};

/** Runs something as if this process were its own, in its folder and with its environment, when what was to run before has ended. */
export function asProcess<T>(environment: Variables, cwd: string, work: () => Promise<T>): Promise<T> {
  const run = last.then(async () => {
    const before = { env: { ...process.env }, cwd: process.cwd() };
    replaceEnvironment(environment);
    process.chdir(cwd);
    try {
      return await work();
    } finally {
      process.chdir(before.cwd);
      replaceEnvironment(before.env);
    }
  });
  last = run.catch(() => {});
  return run;
}

async function runWrapper(module: string, script: string): Promise<Ended> {
  const before = process.argv[1] ?? '';
  const { log } = console;
  const { write } = process.stdout;
  let stdout = '';
  console.log = (...parts: unknown[]) => {
    stdout += `${format(...parts)}\n`;
  };
  process.stdout.write = (text: string | Uint8Array) => {
    stdout += text;
    return true;
  };
  process.argv[1] = script;
  try {
    if (script.includes('/tasks/')) library._loadData();
    runs += 1;
    await import(/* @vite-ignore */ `${module}?${runs}`);
    return { exitCode: Number(process.exitCode ?? 0), stdout, stderr: '' };
  } finally {
    process.exitCode = undefined;
    process.argv[1] = before;
    process.stdout.write = write;
    console.log = log;
  }
}

function replaceEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
}
