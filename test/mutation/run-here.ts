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
  const run = last.then(() => runHere(`${root}/${wrapper}/src/${entry}.ts`, script, environment, cwd));
  last = run.catch(() => {});
  return run;
};

async function runHere(module: string, script: string, environment: Variables, cwd: string): Promise<Ended> {
  const before = { env: { ...process.env }, cwd: process.cwd(), script: process.argv[1] ?? '' };
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
  replaceEnvironment(environment);
  process.chdir(cwd);
  process.argv[1] = script;
  try {
    if (script.includes('/tasks/')) library._loadData();
    runs += 1;
    await import(/* @vite-ignore */ `${module}?${runs}`);
    return { exitCode: Number(process.exitCode ?? 0), stdout, stderr: '' };
  } finally {
    process.exitCode = undefined;
    process.argv[1] = before.script;
    process.chdir(before.cwd);
    replaceEnvironment(before.env);
    process.stdout.write = write;
    console.log = log;
  }
}

function replaceEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
}
