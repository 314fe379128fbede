import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { azurePipelinesReader } from '@fedbridge/azure-pipelines/manifest';
import { kebabCase } from '@fedbridge/core';
import { gitHubReader } from '@fedbridge/github/manifest';
import { inputsOf, outputsOf } from '@fedbridge/step';
import { steps } from '@fedbridge/steps';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../harness/process.ts';
import { taskSchema } from './task-schema.ts';

const [tasks = [], actions = []] = ['tasks', 'actions'].map((kind) =>
  // Another test builds one of them again, in a folder beside it whose name begins with a dot.
  readdirSync(join(root, kind)).filter((name) => /^\w/.test(name) && statSync(join(root, kind, name)).isDirectory()),
);
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

describe('task.json', () => {
  it.each(tasks)('%s is as the published schema says', (name) => {
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
    ajv.validate(taskSchema, JSON.parse(read('tasks', name, 'task.json')));
    expect(ajv.errors ?? []).toEqual([]);
  });
});

describe('action.yml', () => {
  it.each(actions)('%s runs and cleans up on the runtime of actions', (name) => {
    expect(parse(read('actions', name, 'action.yml')).runs).toEqual({
      using: 'node24',
      main: 'dist/main/index.js',
      post: 'dist/post/index.js',
      'post-if': 'always()',
    });
  });
});

/** What stands in one step's manifests, and the names that readers of the other platform write. */
const written = steps.flatMap((step) => {
  const named = [gitHubReader, azurePipelinesReader].flatMap((reader) => [
    ...Object.keys(inputsOf(step, reader)),
    ...Object.keys(outputsOf(step, reader)),
  ]);
  // Names of one word are the same; a value of an input may look like a name.
  const values = Object.values(inputsOf(step, gitHubReader)).flatMap((one) =>
    one.type === 'choice' ? one.options : [],
  );
  const names = [...new Set(named)].filter((name) => kebabCase(name) !== name && !values.includes(kebabCase(name)));
  return [
    { file: `actions/${step.name}/action.yml`, foreign: names.map((name) => azurePipelinesReader.nameOf(name)) },
    { file: `tasks/${step.task.name}/task.json`, foreign: names.map((name) => gitHubReader.nameOf(name)) },
  ];
});

describe('names of inputs and outputs', () => {
  it.each(written)('$file has none of the other platform', ({ file, foreign }) => {
    // A page of the reference is called as the action is.
    const words = new Set(
      read(file)
        .replace(/https:[^\s")]+/g, '')
        .match(/[\w-]+/g),
    );
    expect(foreign.length).toBeGreaterThan(5);
    expect(foreign.filter((name) => words.has(name))).toEqual([]);
  });
});

/** What a step says of its inputs and outputs on a platform, without the two that are about GitHub as a service. */
const toldOn = (step: (typeof steps)[number], reader: typeof gitHubReader | typeof azurePipelinesReader) =>
  Object.entries({ ...inputsOf(step, reader), ...outputsOf(step, reader) })
    .filter(([name]) => name !== 'profile' && name !== 'githubApiUrl')
    .map(([, { description }]) => description)
    .join('\n');

describe('help', () => {
  it.each(steps)('of $name is for the users of one platform', (step) => {
    expect(toldOn(step, azurePipelinesReader)).not.toMatch(/GitHub|RUNNER_|GITHUB_|actions\/checkout/);
    expect(toldOn(step, gitHubReader)).not.toMatch(
      /Azure Pipelines|agent|service connection|secret variable|AGENT_|SYSTEM_/,
    );
    for (const reader of [azurePipelinesReader, gitHubReader])
      expect(toldOn(step, reader)).not.toMatch(/GitLab|merge request|\bCI_|\.gitlab-ci/);
  });
});

const isInstalled = spawnSync('check-jsonschema', ['--version']).status === 0;

describe.skipIf(!isInstalled)('the published schemas (skipped: no "check-jsonschema" on the path)', () => {
  it.each<[schema: string, files: string[]]>([
    ['vendor.github-actions', actions.map((name) => `actions/${name}/action.yml`)],
    ['vendor.github-workflows', ['.github/workflows/ci.yml', '.github/workflows/release.yml']],
  ])('%s', (schema, files) => {
    const { stdout, stderr } = spawnSync('check-jsonschema', ['--builtin-schema', schema, ...files], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`.trim()).toBe('ok -- validation done');
  });
});
