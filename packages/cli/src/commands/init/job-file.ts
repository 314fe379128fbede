import { promises } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { inertJson, invalid, isGuid, kebabCase } from '@fedbridge/core';
import { unusable } from '../../reading.ts';
import { type Replaceable, replaceable } from '../../replaced-file.ts';
import { usage } from '../trust/usage.ts';
import { type InitOptions, type Platform, platformKinds } from './options.ts';
import { type PlanStep, withKnown } from './plan.ts';

/** What a job does to have an identity in a cloud, on each platform. `<name>` stands for what a step of the plan gave. */
export interface JobStep {
  /** As a workflow names it: by commit, the release beside it. */
  readonly action: string;
  readonly task: string;
  /** In camel case. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Inputs of the task alone. */
  readonly taskInputs?: Readonly<Record<string, string>>;
  /** A command that shows that it works. */
  readonly script: string;
  /** Of a job of GitLab: its ID token and its script. */
  readonly gitLab: { readonly idToken: string; readonly audience: string; readonly script: readonly string[] };
}

/** Where jobs are written, of each platform. */
const usualFiles: Readonly<Record<Platform, string>> = {
  github: '.github/workflows/deploy.yml',
  'azure-pipelines': 'azure-pipelines.yml',
  gitlab: '.gitlab-ci.yml',
};

/** The step of a plan that writes a job. One that is there is left alone, and what belongs into it is a note. */
export async function jobFileStep(platform: Platform, options: InitOptions, step: JobStep): Promise<PlanStep> {
  const { file = usualFiles[platform], force = false } = options;
  const { whole, part } = writers[platform](options, step);
  const there = await contentOf(file);
  if (there === whole) return { title: file, state: 'exists' };
  if (there !== undefined && !force) {
    const notes = ['It is left alone: --force replaces it. A job in it needs:'];
    return { title: file, state: 'exists', notes, text: part };
  }
  if (there === undefined)
    return { title: file, state: 'create', text: whole, write: (known) => written(file, withKnown(whole, known)) };
  const own = await replaceableFile(file);
  return { title: file, state: 'update', text: whole, write: (known) => replaced(file, own, withKnown(whole, known)) };
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await promises.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, 'read', error);
  }
}

/** Where it is a link, what it leads to may be anybody's. @throws FedbridgeError `INPUT_INVALID` */
async function replaceableFile(file: string): Promise<Replaceable> {
  const own = await replaceable(file).catch((error: unknown) => {
    throw unusable(file, 'written', error);
  });
  if (typeof own === 'string') throw invalid(`${file} cannot be replaced: ${own}.`);
  return own;
}

async function replaced(file: string, own: Replaceable, text: string): Promise<void> {
  const why = await own.replace(text).catch((error: unknown) => {
    throw unusable(file, 'written', error);
  });
  if (why !== undefined) throw invalid(`${file} cannot be replaced: ${why}.`);
}

async function written(file: string, text: string): Promise<void> {
  try {
    await promises.mkdir(dirname(resolve(file)), { recursive: true });
    await promises.writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw unusable(file, 'written', error);
  }
}

/** The whole file, and what of it a file that is there needs. */
interface Written {
  readonly whole: string;
  readonly part: string;
}

const writers: Readonly<Record<Platform, (options: InitOptions, step: JobStep) => Written>> = {
  github(options, { action, inputs, script }) {
    const permissions = ['permissions:', '  id-token: write # the job may ask for its ID token', '  contents: read'];
    const environment = options.environment === undefined ? [] : [`environment: ${value(options.environment)}`];
    const steps = [
      'steps:',
      `  - uses: ${action}`,
      '    with:',
      ...Object.entries(inputs).map(([name, given]) => `      ${kebabCase(name)}: ${value(given)}`),
      `  - run: ${scalar(script)}`,
    ];
    const job = [...environment, ...permissions, ...steps];
    const whole = [
      'name: deploy',
      ...triggers(options),
      'permissions: {}',
      'jobs:',
      '  deploy:',
      ...indented(['runs-on: ubuntu-latest', ...job], 4),
    ];
    return { whole: lines(whole), part: job.join('\n') };
  },
  'azure-pipelines'(_options, { task, inputs, taskInputs, script }) {
    const steps = [
      'steps:',
      `  - task: ${task}`,
      '    inputs:',
      ...Object.entries({ ...taskInputs, ...inputs }).map(([name, given]) => `      ${name}: ${value(given)}`),
      `  - script: ${scalar(script)}`,
    ];
    return { whole: lines(['trigger: [main]', 'pool:', '  vmImage: ubuntu-latest', ...steps]), part: steps.join('\n') };
  },
  gitlab({ branch, tag }, { gitLab: { idToken, audience, script } }) {
    const [variable, name] = tag === undefined ? ['CI_COMMIT_BRANCH', branch] : ['CI_COMMIT_TAG', tag];
    const job = [
      'image: node:24',
      'id_tokens:',
      `  ${idToken}:`,
      `    aud: ${scalar(audience)}`,
      'rules:',
      `  - if: ${scalar(`$${variable} == ${JSON.stringify(name ?? '')}`)}`,
      'script:',
      ...script.map((line) => `  - ${scalar(line)}`),
    ];
    return { whole: lines(['deploy:', ...indented(job, 2)]), part: job.join('\n') };
  },
};

/** When the jobs that are trusted run. Source: GitHub Docs, "Workflow syntax", `on.push`. */
function triggers({ branch, tag, pullRequest, anyRef }: InitOptions): readonly string[] {
  // Who runs it by hand decides of the branch, and the environment whether it may.
  if (pullRequest) return ['on: pull_request'];
  if (anyRef) return ['on: push'];
  if (branch !== undefined) return ['on:', '  push:', `    branches: [${pattern(branch, 'heads')}]`];
  if (tag !== undefined) return ['on:', '  push:', `    tags: [${pattern(tag, 'tags')}]`];
  return ['on: workflow_dispatch'];
}

/** A name where patterns stand. */
function pattern(ref: string, kind: 'heads' | 'tags'): string {
  const name = ref.startsWith(`refs/${kind}/`) ? ref.slice(`refs/${kind}/`.length) : ref;
  return value(name.replace(/[*+?![\]\\]/g, '\\$&'));
}

const indented = (some: readonly string[], by: number) => some.map((line) => `${' '.repeat(by)}${line}`);
const lines = (some: readonly string[]) => `${some.join('\n')}\n`;

/** A text in YAML, quoted where it would be something else, or a list of it would have more members; a GUID is none, whatever it begins with. */
function scalar(text: string): string {
  const isPlain =
    (/^[A-Za-z<][\w ./:@$()"'=<>-]*$/.test(text) || isGuid(text)) &&
    !/: |:$| #|^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : inertJson(text);
}

/** What somebody named. @throws FedbridgeError `INPUT_INVALID` for a name in which the platform would find an expression */
function value(text: string): string {
  if (!/\$\{\{|\$[([]/.test(text)) return scalar(text);
  throw usage(
    `"${text}" cannot be written in a workflow or pipeline: the platform would put something else in its place.`,
  );
}

/** Where the jobs run that the options name. */
export function platformOf(kind: string): Platform {
  const [[platform] = ['github']] = Object.entries(platformKinds).filter(([, one]) => one === kind);
  return platform as Platform;
}
