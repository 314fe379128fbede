import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Journey, mainJourneys, useCredential } from '../harness/journeys.ts';
import {
  actionManifest,
  codeIn,
  type Manifest,
  type PeerInput,
  peers,
  rowsOf,
  sectionsOf,
  taskManifest,
  wrongInputs,
} from '../harness/migration-page.ts';
import { blocksOf } from '../harness/page-commands.ts';
import { root } from '../harness/process.ts';
import { ids, sharedSetup, subjects } from '../harness/setup.ts';
import { isOfAws, isOurs, mappedEnvironment, type ShownStep, startShown } from '../harness/shown-step.ts';

/** What takes the place of what each page is about. */
const ours: Readonly<Record<string, Manifest>> = {
  'configure-aws-credentials': actionManifest('actions/aws-credentials'),
  'azure-login': actionManifest('actions/entra-token'),
  'azure-cli-task': taskManifest('tasks/FedbridgeEntraToken/task.json'),
  'aws-toolkit-for-azure-devops': taskManifest('tasks/FedbridgeAwsCredentials/task.json'),
};
const pages = Object.keys(peers);

it('there is a page for each of the peers', () => {
  const files = globSync('docs/migrate/*.md', { cwd: root }).map((file) => basename(file, '.md'));
  expect(files.sort()).toEqual([...pages].sort());
});

const examplesOf = (page: string) =>
  blocksOf(`docs/migrate/${page}.md`)
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => (parse(text) as { steps: readonly ShownStep[] }).steps);
/** What a step of the platform itself has. */
const isOfLater = (here: string) => here.includes('of the later step');

describe.each(pages)('the page %s', (page) => {
  const theirs = peers[page] ?? {};
  const mine = ours[page] as Manifest;
  const sections = sectionsOf(page);
  const rows = rowsOf(sections.Inputs).map((cells) => rowIn(cells, theirs));

  it('has a row for each input, and for none that there is not', () => {
    for (const [name, { inputs }] of Object.entries(theirs)) {
      const named = rows.flatMap((row) => (row.of.includes(name) ? row.names : []));
      expect([...named].sort(), name).toEqual([...inputs.map((input) => shownName(input, named))].sort());
    }
  });

  it('has a row for each output', () => {
    const outputs = [...new Set(Object.values(theirs).flatMap((one) => one.outputs))];
    const described = rowsOf(sections.Outputs);
    expect(described.flatMap(([cell = '']) => codeIn(cell))).toEqual(outputs);
    for (const [cell = '', here = ''] of described)
      if (here.startsWith('the same')) expect(mine.outputs).toEqual(expect.arrayContaining(codeIn(cell)));
  });

  it('has a row for each variable that their manifest asks', () => {
    const asked = Object.values(theirs).flatMap((one) => one.variables);
    const described = rowsOf(sections.Variables).flatMap(([cell = '']) => codeIn(cell));
    expect(described).toEqual(expect.arrayContaining(asked));
  });

  it('calls the same what has the same name, and the same default unless it says which', () => {
    const same = rows.filter(({ here }) => /^the same(?![ ]way)/.test(here) && !isOfLater(here));
    for (const { names, of, here } of same) {
      for (const name of names) {
        const own = find(mine, name);
        expect(own?.names ?? [], here).toContain(name);
        for (const input of of.flatMap((one) => find(theirs[one], name) ?? []))
          if (here === 'the same') expect([name, constant(own)]).toEqual([name, constant(input)]);
      }
    }
  });

  it('has inputs of ours in the place of theirs, with values that they take', () => {
    const known = [...mine.inputs.flatMap(({ names }) => names), ...mine.outputs];
    for (const { here, names } of rows.filter((row) => !isOfLater(row.here))) {
      for (const code of codeIn(here).filter((one) => /^[a-z][A-Za-z-]*(: .+)?$/.test(one))) {
        const [name = '', value] = code.split(': ');
        if (value === undefined && !/-|[A-Z]/.test(name)) continue;
        expect([...known, ...names], here).toContain(name);
        const options = find(mine, name)?.options;
        if (value !== undefined && options) expect(options).toContain(value);
      }
    }
  });

  const before = examplesOf(page).filter((steps) => !steps.some(isOurs));
  const after = examplesOf(page).filter((steps) => steps.some(isOurs));

  it('its examples of before are what the peer takes', () => {
    expect(before.length).toBeGreaterThan(0);
    for (const step of before.flat().filter(({ uses, task }) => uses ?? task)) {
      const manifest = theirs[step.uses ?? step.task ?? ''];
      expect(manifest, step.uses ?? step.task).toBeDefined();
      if (manifest) expect(wrongInputs(manifest, step.with ?? step.inputs ?? {})).toEqual([]);
    }
  });

  it('its examples of after are what ours takes', () => {
    expect(after.length).toBeGreaterThan(0);
    for (const step of after.flat().filter(isOurs))
      expect(wrongInputs(mine, step.with ?? step.inputs ?? {})).toEqual([]);
  });

  it.concurrent.each(after.map((steps, index) => ({ steps, index })))(
    'its example of after, $index, ends in credentials',
    async ({ steps }) => {
      await using emulator = await startEmulator({ setup: cloudsOfThePages });
      const shown = steps.find(isOurs) as ShownStep;
      const step = startShown(emulator, shown);
      const run = await step.run();
      expect(run.error).toBeUndefined();
      const journey = mainJourneys.find(({ cloud }) => cloud === (isOfAws(shown) ? 'AWS' : 'Entra')) as Journey;
      const chosen = 'roles' in (shown.with ?? {}) ? { AWS_PROFILE: 'staging' } : {};
      const who = await useCredential(journey, step, run, emulator, chosen);
      expect(who).toMatch(
        isOfAws(shown) ? `${ids.account}:assumed-role/deploy/` : `${ids.app} of tenant ${ids.tenant}`,
      );
      // What later steps take of it, by its name, is there.
      for (const later of steps.filter((one) => !isOurs(one))) {
        for (const value of Object.values(mappedEnvironment(later, shown, step, run))) expect(value).toBeTruthy();
      }
    },
  );
});

/** What does nothing of weight: it is only printed, or the input beside it is warned of. */
const harmless = [
  'visibleAzLogin',
  'connectionType',
  'logRequest',
  'logResponse',
  'outputVariable',
  'awsSubCommand',
  'awsArguments',
];
const leftAsItIs = pages.flatMap((page) =>
  rowsOf(sectionsOf(page).Inputs)
    .map((cells) => rowIn(cells, peers[page] ?? {}))
    // What a service is asked for is no input of who gives credentials.
    .filter(({ of }) => page !== 'aws-toolkit-for-azure-devops' || /^AWS(CLI|ShellScript)@1$/.test(of[0] ?? ''))
    .filter(({ here }) => !/^the same|of the later step|behind the path|text of the later/.test(here))
    .flatMap(({ names }) => names.filter((name) => !harmless.includes(name)).map((name) => ({ page, name }))),
);

it.concurrent.each(leftAsItIs)('$page: its $name, left as it is, is not ignored in silence', async ({ page, name }) => {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const isGitHub = !/azure-(cli|devops)/.test(page);
  const [platform, cloud] = [isGitHub ? 'GitHub Actions' : 'Azure Pipelines', /aws/.test(page) ? 'AWS' : 'Entra'];
  const journey = mainJourneys.find((one) => one.platform === platform && one.cloud === cloud) as Journey;
  const value = name === 'auth-type' ? 'IDENTITY' : 'true';
  const run = await journey.start(emulator, { environment: { [`INPUT_${name.toUpperCase()}`]: value } }).run();
  const warned = run.stdout.split('\n').filter((line) => /^(::warning|##vso\[task\.issue type=warning)/.test(line));
  expect([run.error ?? '', ...warned].join('\n').toLowerCase()).toContain(`input "${name.toLowerCase()}"`);
});

/** A line of the table of inputs: whose they are, how they are called, and what to write instead. */
function rowIn(cells: readonly string[], theirs: Readonly<Record<string, Manifest>>) {
  const [cell = '', here = ''] = cells.slice(-2);
  const all = Object.keys(theirs);
  const names = codeIn(cell).filter((one) => !one.includes('@'));
  const only =
    cells.length > 2
      ? codeIn(cells[0] ?? '').map((task) => `${task}@1`)
      : codeIn(cell).filter((one) => one.includes('@'));
  // A row of every task is of those that have it.
  const having = (of: string) => names.some((name) => find(theirs[of], name));
  return { names, of: only.length > 0 ? only : cells.length > 2 ? all.filter(having) : all, here };
}

/** The name that a row has for it. */
function shownName({ names }: PeerInput, rows: readonly string[]): string {
  return names.find((name) => rows.includes(name)) ?? `no row: ${names.join(', ')}`;
}

function find(manifest: Manifest | undefined, name: string): PeerInput | undefined {
  return manifest?.inputs.find(({ names }) => names.includes(name));
}

/** A boolean that is not given is off. */
function constant(input: PeerInput | undefined): string {
  const usual = input?.default?.toLowerCase() ?? '';
  return usual === 'false' ? '' : usual;
}

/** What is trusted there: the same job, which has an environment, in both accounts. */
function cloudsOfThePages(urls: EmulatorUrls): Setup {
  const setup = sharedSetup(urls);
  const [account] = setup.accounts ?? [];
  const other = JSON.parse(JSON.stringify(account).replaceAll(ids.account, ids.otherAccount));
  const both = JSON.stringify({ ...setup, accounts: [account, other] });
  return JSON.parse(both.replaceAll(subjects.gitHub, 'repo:octo/app:environment:production'));
}
