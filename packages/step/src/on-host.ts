import { errorWithNames, type FedbridgeError, Masking } from '@fedbridge/core';
import { untilCancelled, workUntilCancelled } from './cancellation.ts';
import { cleanUpAfterFailure } from './clean-up.ts';
import { failureOf } from './failure.ts';
import type { Host } from './host.ts';
import { type InputDefinition, type InputValues, inputOn, readInput } from './input.ts';
import { failureSummary } from './report.ts';
import type { Step } from './step.ts';

/** What is done on a host, and how. */
export interface Work<Given extends Host = Host> {
  readonly title: string;
  readonly cleanUp?: Step['cleanUp'] | undefined;
  /** Whether the user wants a summary. */
  readonly summary: InputDefinition;
  /** Aborts when the job is cancelled. */
  readonly cancelled: AbortSignal;
  /** What comes before everything else. */
  begin?(mask: (secret: string) => void): void;
  /** Nothing is delivered before it is done. */
  run(tools: Tools<Given>): Promise<Done>;
  /** Ends what it waits for, and what it keeps open. */
  close?(): void;
}

interface Tools<Given extends Host> {
  /** Which takes nothing more once the job is cancelled. */
  readonly host: Given;
  readonly mask: (secret: string) => void;
}

/** Work that is done, and what is to be reported of it. */
interface Done {
  /** Markdown. */
  readonly summary: string;
  log(): void;
  /** Why the step fails although all was delivered. */
  readonly failure?: FedbridgeError | undefined;
}

/** Works on a host: delivers, tells what came of it or why nothing did, and leaves nothing of a failure behind. */
export async function workOnHost<Given extends Host>(host: Given, work: Work<Given>): Promise<void> {
  host.folder.begin();
  const masking = new Masking();
  const nameOf = host.outputName.bind(host);
  const mask = (secret: string) => {
    masking.add(secret);
    host.mask(secret);
  };
  const { cancelled, close = () => {} } = work;
  let hasSummary = true;
  let published = false;
  try {
    work.begin?.(mask);
    // Before the others, whose errors are in the summary too.
    hasSummary = readInputs({ summary: work.summary }, host).summary === true;
    const run = async () => work.run({ host: untilCancelled(host, cancelled), mask });
    const done = await workUntilCancelled(run(), { cancelled, close, system: host.system });
    host.publish();
    published = true;
    done.log();
    if (hasSummary) await summarize(host, masking.hideWhole(done.summary));
    if (done.failure) host.fail(errorWithNames(done.failure, nameOf));
  } catch (error) {
    await cleanUpAfterFailure(work, host, { published });
    const failure = errorWithNames(hidden(failureOf(error), masking), nameOf);
    if (hasSummary) await summarize(host, failureSummary(work.title, failure));
    host.fail(failure);
  } finally {
    close();
  }
}

/** @throws FedbridgeError `INPUT_*`, `ENDPOINT_NOT_ALLOWED` */
export function readInputs<Inputs extends Readonly<Record<string, InputDefinition>>>(
  definitions: Inputs,
  host: Host,
): InputValues<Inputs> {
  const { platform } = host.job;
  const values = Object.entries(definitions).map(([name, definition]) => {
    const given = (definition.only ?? platform) === platform ? host.input(name) : '';
    return [name, readInput(host.inputName(name), inputOn(definition, [platform]), given)];
  });
  return Object.fromEntries(values);
}

/** Not every platform masks its summaries, and an error's words may be those of the other side, which may repeat what it was sent. */
function hidden(error: FedbridgeError, masking: Masking): FedbridgeError {
  const { answer, hint, document, presented } = error.detail;
  const hide = (text: string | undefined) => (text === undefined ? undefined : masking.hide(text));
  return error.with(
    {
      answer: hide(answer),
      hint: hide(hint),
      document: hide(document),
      presented: presented && {
        issuer: masking.hide(presented.issuer),
        subject: masking.hide(presented.subject),
        audience: masking.hide(presented.audience),
      },
    },
    masking.hide(error.message),
  );
}

async function summarize(host: Host, markdown: string): Promise<void> {
  try {
    await host.summary(markdown);
  } catch (error) {
    host.warning(`The job's summary is not complete. ${failureOf(error).message}`);
  }
}
