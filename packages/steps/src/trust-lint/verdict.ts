import { resolve } from 'node:path';
import { FedbridgeError } from '@fedbridge/core';
import {
  type CheckContext,
  type CheckHost,
  type CheckOutcome,
  type InputValues,
  newName,
  writeSecretFiles,
} from '@fedbridge/step';
import { bySeverity, rules, sarifOf, severities } from '@fedbridge/trust';
import { changeRules, findingsIn, nothingIn, type SelectedFile, selectedFiles } from '@fedbridge/trust-files';
import { baseCommit } from './base.ts';
import { compared } from './comparison.ts';
import { countsOf } from './findings.ts';
import { Repository } from './git.ts';
import type { trustLintInputs } from './inputs.ts';
import { readFiles } from './read.ts';
import { type Found, notLookedAt, reportOf, sentenceFor } from './report.ts';

type Inputs = InputValues<typeof trustLintInputs>;

/** How many findings are shown at their places: neither platform shows more than a few of each level. */
const mostAnnotations = 50;

/** Of a message, in characters. */
const longestShown = 500;

/** Every rule that this finds by. */
const allRules = { ...rules, ...changeRules };

/**
 * Lints the documents of a job's sources, compares them with how they were, and delivers what was found.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `CHECK_INCOMPLETE`, `DELIVERY_FAILED`
 */
export async function trustLintVerdict(context: CheckContext<typeof trustLintInputs>): Promise<CheckOutcome> {
  const { host, inputs } = context;
  const found = await lookAt(context);
  const report = reportOf(found);
  await deliver(found, report, { host, inputs });
  for (const { severity, rule, message, file, line, column } of found.findings.slice(0, mostAnnotations)) {
    const { title, fix } = allRules[rule];
    // A value may be as long as a file.
    const shown = message.length > longestShown ? `${message.slice(0, longestShown)}…` : message;
    host.annotate({ level: severity, title: rule, text: `${title}. ${shown} ${fix}`, file, line, column });
  }
  return { sentence: sentenceFor(found), report, failure: failureOf(found, inputs.failOn) };
}

const ofStranger = ({ checkout }: CheckHost) =>
  'This job is for a pull request of a fork, and has what a job of this repository has: its secrets, and a token that may write. This ' +
  `step runs nothing of what it reads; let no other step do so either, or lint ${checkout.forChanges}.`;

async function lookAt({ host, inputs, deadline }: CheckContext<typeof trustLintInputs>): Promise<Found> {
  const { files: selection, parameters, mine = [], baseRef } = inputs;
  const { system } = host;
  const folder = resolve(host.workspace, inputs.workingDirectory ?? '.');
  const repository = await Repository.of(folder, host, deadline);
  const commit = await baseCommit(baseRef, host, repository);
  if (host.proposedChange()?.isOfStranger) host.warning(ofStranger(host));
  const onward = () => {
    if (system.now() > deadline) throw outOfTime();
  };
  const parameter = parameters && Object.fromEntries(parameters);
  const options = { parameter, prefix: repository?.prefix ?? '', mine, folder, now: system.now() / 1000, onward };

  const files = new Map<string, SelectedFile>();
  const fresh = await readFiles(kept(selectedFiles(folder, selection), files, onward), options);
  const { documents, faults } = fresh;
  const linted = documents.flatMap((one) => {
    onward();
    return findingsIn(one, options.now);
  });
  const comparison =
    repository && commit ? await compared({ ...fresh, selection, files }, { repository, commit }, options) : undefined;
  const isKnown = documents.length + faults.length + (comparison?.findings.length ?? 0) > 0;
  if (!isKnown && !comparison?.change.lost.length && !comparison?.deleted.length)
    throw nothingIn(inputs.workingDirectory ?? 'The folder of the sources', '');
  const findings = [...faults, ...linted, ...(comparison?.findings ?? [])].sort(bySeverity);
  return { findings, documents: documents.length, comparison };
}

/** Has a map keep what passes through. */
async function* kept(files: AsyncIterable<SelectedFile>, by: Map<string, SelectedFile>, onward: () => void) {
  for await (const file of files) {
    onward();
    by.set(file.name, file);
    yield file;
  }
}

async function deliver(
  { findings, comparison }: Found,
  report: string,
  { host, inputs }: { readonly host: CheckHost; readonly inputs: Inputs },
): Promise<void> {
  // A name of its own: the artifact that it goes to may have files of other jobs.
  const sarifName = `${newName(host.system)}.sarif`;
  const log = `${JSON.stringify(sarifOf(findings, allRules), null, 2)}\n`;
  const paths = await writeSecretFiles(host, { [sarifName]: log, 'report.md': `${report}\n` });
  const { [sarifName]: sarifFile = '', 'report.md': reportFile = '' } = paths;
  if (inputs.uploadSarif) host.exportSarif(sarifFile);
  host.setOutput('sarifFile', sarifFile);
  host.setOutput('reportFile', reportFile);
  const counts = countsOf(findings);
  for (const [name, level] of [
    ['errors', 'error'],
    ['warnings', 'warning'],
    ['notes', 'note'],
  ] as const)
    host.setOutput(name, String(counts[level]));
  host.setOutput('notLookedAt', JSON.stringify(notLookedAt(findings)));
  host.setOutput('newAccess', comparison ? String(comparison.isNew ?? 'unknown') : '');
}

function failureOf({ findings }: Found, failOn: Inputs['failOn']): FedbridgeError | undefined {
  const failing = failOn === 'none' ? [] : severities.slice(0, severities.indexOf(failOn) + 1);
  const bad = findings.filter(({ severity }) => failing.includes(severity));
  if (bad.length === 0) return undefined;
  const what = bad.length === 1 ? 'One problem was found' : `${bad.length} problems were found`;
  return new FedbridgeError('CHECK_FAILED', `${what} that the step fails on.`, {
    hint: "Each is shown at its place in its file, in the job's summary, and in the file of {sarifFile}. {failOn} says what the step fails on.",
  });
}

function outOfTime(): FedbridgeError {
  return new FedbridgeError('CHECK_INCOMPLETE', 'There was not time for all documents.', {
    hint: 'Name fewer files in {files}, or give it more time: {actionTimeoutS}.',
  });
}
