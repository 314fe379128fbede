/** The main job, for a person to watch: four journeys and a denial, through the shipped bundles, on the emulator. */
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { type Journey, mainJourneys, outside, useCredential } from '../harness/journeys.ts';
import { ids, sharedSetup, subjects } from '../harness/setup.ts';
import { setup as useTemporaryFolder } from '../harness/temporary-files.ts';

const removeTemporaryFolder = useTemporaryFolder();

const expected: Readonly<Record<Journey['cloud'], RegExp>> = {
  AWS: new RegExp(`^arn:aws:sts::${ids.account}:assumed-role/deploy/`),
  Entra: new RegExp(`^${ids.app} of tenant ${ids.tenant}$`),
};

// Each job has an emulator of its own, so that its requests can be told from the others'.
// The refused one takes longest, for its two retries.
const refused = refuse();
const reports = await Promise.all([...mainJourneys.map(travel), refused]);
removeTemporaryFolder();
for (const { text } of reports) console.log(`${text}\n`);
const failed = reports.filter(({ ok }) => !ok).length;
console.log(
  failed === 0 ? 'All five jobs went as they should.' : `${failed} of ${reports.length} jobs went otherwise.`,
);
process.exitCode = failed === 0 ? 0 : 1;

interface Report {
  readonly ok: boolean;
  readonly text: string;
}

async function travel(journey: Journey): Promise<Report> {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const step = journey.start(emulator);
  const begin = performance.now();
  const run = await step.run();
  const ms = Math.round(performance.now() - begin);
  const requests = outside(emulator.requests);
  const identity = run.succeeded ? await useCredential(journey, step, run, emulator) : 'none';
  await step.cleanUp();
  const expires =
    run.outputs['aws-expiration'] ?? run.outputs.awsExpiration ?? run.outputs['expires-on'] ?? run.outputs.expiresOn;
  const problems = [
    ...(run.succeeded ? [] : [`the step failed: ${run.error ?? run.stderr}`]),
    ...(expected[journey.cloud].test(identity) ? [] : [`the cloud says ${identity}`]),
    ...(run.visible.includes(journey.subject) ? [] : [`the subject is not ${journey.subject}`]),
    ...(requests.length === 2 ? [] : [`${requests.length} requests instead of 2`]),
    ...leaks(run.visible, emulator),
    ...(step.files().length === 0 ? [] : ['files were left behind']),
  ];
  const rows = [
    ['issuer', journey.issuer(emulator)],
    ['subject', journey.subject],
    ['identity', identity],
    ['expires', expires ?? ''],
    ['requests', requests.map(({ method, service, status }) => `${method} ${service} ${status}`).join(', ')],
    ['time', `${ms} ms, the start of the process included`],
  ];
  return report(journey.title, rows, problems);
}

async function refuse(): Promise<Report> {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const [journey] = mainJourneys;
  if (!journey) throw new Error('no journey');
  const step = journey.start(emulator, { job: { ref: 'refs/heads/feature' } });
  const run = await step.run();
  const subject = subjects.gitHub.replace('main', 'feature');
  const problems = [
    ...(run.succeeded ? ['the step succeeded'] : []),
    ...(run.error?.includes(subject) && run.error.includes('EXCHANGE_REFUSED')
      ? []
      : ['the error does not explain itself']),
    ...(Object.keys({ ...run.outputs, ...run.exported }).length === 0 ? [] : ['something was delivered']),
    ...leaks(run.visible, emulator),
  ];
  const shown = (run.error ?? '').split('\n').map((line) => `    ${line}`);
  return report('A branch that is not trusted, denied. The user sees:', [], problems, shown);
}

function leaks(visible: string, emulator: Emulator): string[] {
  return emulator.secrets().some((secret) => visible.includes(secret)) ? ['a secret was shown'] : [];
}

function report(
  title: string,
  rows: readonly string[][],
  problems: readonly string[],
  more: readonly string[] = [],
): Report {
  const lines = rows.map(([name = '', value]) => `    ${name.padEnd(9)} ${value}`);
  const wrong = problems.map((problem) => `    WRONG: ${problem}`);
  return {
    ok: problems.length === 0,
    text: [`${problems.length === 0 ? '✓' : '✗'} ${title}`, ...lines, ...more, ...wrong].join('\n'),
  };
}
