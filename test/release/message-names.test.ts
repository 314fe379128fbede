/**
 * What steps say is written once for all platforms: names of inputs and outputs stand marked in it, `{roleToAssume}`, or come from the host,
 * and nothing is called as the users of one platform alone call it. What users then read: test/e2e/platform-names.test.ts.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { foreignNames } from '../harness/foreign-names.ts';
import { root } from '../harness/process.ts';
import { platforms } from '../harness/ways.ts';

/** Below the platforms. What describes an input or output, for each platform, is looked at in the manifests. */
const sources = ['core', 'identity', 'step', 'steps', 'entra', 'aws', 'exchange', 'broker']
  .flatMap((name) => globSync(`packages/${name}/src/**/*.ts`, { cwd: root }))
  .filter((path) => !/(?:\.(?:test|model)|(?<!former-)inputs)\.ts$|packages\/steps\/src\/[\w-]+-token\.ts$/.test(path));

/** Texts that are for the users of one platform, or about one as a service, by a part of each. */
const forOne: Readonly<Record<string, string>> = {
  "GitHub's immutable subjects": 'said of a subject of GitHub',
  'GitHub puts the claim enterprise': 'said of an issuer of GitHub',
  'the Azure DevOps issuer, which stops': 'said of a subject of Azure DevOps',
  'The Azure DevOps issuer stops': 'said of a subject of Azure DevOps',
  "a pipeline's own ID token": 'said of a subject of Azure DevOps',
  'this agent gives variables to scripts in capitals': 'said where the host does so: `variablesKeepCase`',
  'update the agent to 3.234.0': 'said where the host does so: `variablesKeepCase`',
  'do not map the secret variables': 'said where secrets do not reach scripts: `secretVariablesReachScripts`',
  'which a job of GitHub Actions has already': 'said where it has: `scriptsAskForIdTokens`',
  'map SYSTEM_ACCESSTOKEN': 'said where scripts could ask by a service connection',
  'Packer cannot ask Azure Pipelines': 'said where scripts could ask by a service connection',
  'The service connection is for': 'said of one',
  'Or name a service connection': 'said where there are some: `hasServiceConnections`',
  'or a service connection of type': 'said where there are some: `hasServiceConnections`',
  'service connection': 'the name of a way to ask, of which nobody reads',
  'Azure Pipelines': 'the name of the platform, where a text is for each',
};
const exact = new Set(['service connection', 'Azure Pipelines']);

const literal = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^(?:import|export) .* from .*$/gm;

/** The texts of a source that have several words, without what is put into them and names that are marked. */
function textsOf(path: string): readonly string[] {
  const code = readFileSync(join(root, path), 'utf8').replace(comments, '');
  return [...code.matchAll(literal)]
    .map(([text]) =>
      text.slice(1, -1).replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}|\{(?:[^{}:]+:)?[a-z][A-Za-z]*\}|\$\{.*$/gs, '…'),
    )
    .filter((text) => /\S \S/.test(text));
}

const texts = sources.flatMap((path) => textsOf(path).map((text) => ({ path, text })));
const isForOne = (text: string) =>
  Object.keys(forOne).some((part) => (exact.has(part) ? text === part : text.includes(part)));

it('no text of a step names an input or a platform as the users of one alone do', () => {
  expect(texts.length).toBeGreaterThan(700);
  const wrong = texts
    .filter(({ text }) => !isForOne(text))
    .flatMap(({ path, text }) => [
      ...platforms.flatMap((platform) => foreignNames(platform, text)).map((found) => `${path}: ${found}`),
      // One of a single word would be right today.
      ...(/\b[Ii]nputs? "\w|\bin "\w+"/.test(text) ? [`${path}: ${text}`] : []),
    ]);
  expect(wrong).toEqual([]);
});

it('what is excepted is there', () => {
  const unused = Object.keys(forOne).filter((part) => !texts.some(({ text }) => text.includes(part)));
  expect(unused).toEqual([]);
});
