import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readOwner } from '../../scripts/owner.ts';
import { root } from '../harness/process.ts';

/** Those of this workspace alone; what is published has a README for others, which test/release runs. */
const packages = readdirSync(join(root, 'packages')).filter(
  (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).private,
);
/** What is pure does its job without an emulator of anything, and the suite for relying parties starts its own. */
const withoutEmulator = ['conformance', 'issuers', 'page', 'trust', 'trust-files'];

describe("each package's README", () => {
  it.concurrent.each(packages)('%s: fits a screen and its example runs', async (name) => {
    const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(50);
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    expect(example).not.toBe('');
    if (!withoutEmulator.includes(name)) expect(example).toContain("'@fedbridge/emulator'");
    const args = ['--input-type=module-typescript', '-e', example];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: join(root, 'test') });
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
  });
});

const { owner } = readOwner(root);
const ours = new RegExp(`^(?:${owner}/fedbridge|\\.)/(actions/[\\w-]+)(?:@[\\da-f]{40}|$)$`);
const pages = ['README.md', ...markdownBelow('docs'), 'tasks/overview.md'];

interface ExampleStep {
  readonly uses?: string;
  readonly task?: string;
  readonly with?: object;
  readonly inputs?: object;
}

describe('examples of workflows and pipelines', () => {
  it.each(pages)('%s: use steps and inputs that exist', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml));
    const steps = stepsWithin(examples).filter(({ uses, task }) => uses ?? task);
    for (const step of steps) {
      const used = known(step);
      if (used) expect(used.inputs).toEqual(expect.arrayContaining(used.given));
    }
    // A page that shows pipelines shows ours.
    if (steps.length > 0) expect(steps.some((step) => known(step))).toBe(true);
  });
});

describe("the project's own workflows and pipeline", () => {
  it.each(['.github/workflows/ci.yml', '.github/workflows/release.yml', 'azure-pipelines.yml'])('%s', (file) => {
    const used = stepsWithin(parse(readFileSync(join(root, file), 'utf8'))).flatMap((step) => known(step) ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const { given, inputs } of used) expect(inputs).toEqual(expect.arrayContaining(given));
  });
});

/** Whatever uses an action or a task, however deep. */
function stepsWithin(value: unknown): ExampleStep[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as ExampleStep, ...Object.values(value).flatMap(stepsWithin)];
}

describe('CONTRIBUTING.md', () => {
  it('its example of a step is one', async () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const shown = 'console.log(JSON.stringify([actionManifest(audienceList), taskManifest(audienceList, "1.0.0")]))';
    const imports =
      'import { actionManifest } from "@fedbridge/github/manifest"; import { taskManifest } from "@fedbridge/azure-pipelines/manifest";';
    const code = `${imports}\n${example.replace(/^ {3}/gm, '')}\n${shown}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code], {
      cwd: join(root, 'test'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [action, task] = JSON.parse(stdout);
    expect([Object.keys(action.outputs), task.name]).toEqual([['audiences'], 'FedbridgeAudienceList']);
  });
});

function markdownBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

function known(step: ExampleStep): { given: string[]; inputs: string[] } | undefined {
  const [, folder] = ours.exec(String(step.uses ?? '')) ?? [];
  if (folder) {
    const manifest = parse(readFileSync(join(root, folder, 'action.yml'), 'utf8')) as { inputs: object };
    return { given: Object.keys(step.with ?? {}), inputs: Object.keys(manifest.inputs) };
  }
  const [, task] = /^(Fedbridge\w+)@1$/.exec(String(step.task ?? '')) ?? [];
  if (!task) return undefined;
  type Manifest = { inputs: { name: string; aliases?: string[] }[] };
  const manifest = JSON.parse(readFileSync(join(root, 'tasks', task, 'task.json'), 'utf8')) as Manifest;
  return {
    given: Object.keys(step.inputs ?? {}),
    inputs: manifest.inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]),
  };
}
