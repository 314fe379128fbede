import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../harness/process.ts';

const packages = readdirSync(join(root, 'packages'));

describe("each package's README", () => {
  it.concurrent.each(packages)('%s: fits a screen and its example runs', (name) => {
    const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(50);
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    expect(example).not.toBe('');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', example], {
      cwd: join(root, 'test'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

describe("the project's README", () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml) as Example);

  interface Example {
    readonly steps?: readonly ExampleStep[];
    readonly jobs?: { readonly deploy: { readonly steps: readonly ExampleStep[] } };
  }
  interface ExampleStep {
    readonly uses?: string;
    readonly task?: string;
    readonly with?: object;
    readonly inputs?: object;
  }

  it('uses steps and inputs that exist', () => {
    const used = examples
      .flatMap(({ steps, jobs }) => steps ?? jobs?.deploy.steps ?? [])
      .flatMap((step) => known(step) ?? []);
    expect(used).toHaveLength(4);
    for (const { given, inputs } of used) expect(inputs).toEqual(expect.arrayContaining(given));
  });

  function known(step: ExampleStep): { given: string[]; inputs: string[] } | undefined {
    if (step.uses) {
      const [, folder = ''] = /^OWNER\/fedbridge\/(actions\/[\w-]+)@main$/.exec(step.uses) ?? [];
      const manifest = parse(readFileSync(join(root, folder, 'action.yml'), 'utf8')) as { inputs: object };
      return { given: Object.keys(step.with ?? {}), inputs: Object.keys(manifest.inputs) };
    }
    if (step.task) {
      const [name = ''] = step.task.split('@');
      type Manifest = { inputs: { name: string; aliases?: string[] }[] };
      const manifest = JSON.parse(readFileSync(join(root, 'tasks', name, 'task.json'), 'utf8')) as Manifest;
      return {
        given: Object.keys(step.inputs ?? {}),
        inputs: manifest.inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]),
      };
    }
    return undefined;
  }
});
