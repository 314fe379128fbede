import type { Variables } from './process.ts';
import type { Ended, Running } from './run-node.ts';

/** What a user of either platform sees of a step that ran. */
export interface StepRun extends Ended {
  readonly succeeded: boolean;
  /** The error that is shown, with its line breaks. */
  readonly error: string | undefined;
  readonly outputs: Variables;
  /** Variables that later scripts of the job have in their environment. */
  readonly exported: Variables;
  /** Secret variables, which a later script has only where the pipeline maps them into its environment. */
  readonly secretVariables: Variables;
  /** What it added to the job's summary, Markdown. */
  readonly summary: string;
  /** Values that the platform was told to hide. */
  readonly masked: readonly string[];
  /** All that was printed, but for the commands that tell the host a secret. */
  readonly visible: string;
  /** The same as a user sees it: a platform hides a secret from the line on that follows its being told of it. */
  readonly shown: string;
}

/** @param secretOf - the secret that a line tells the platform */
export function hidingSecrets(lines: readonly string[], secretOf: (line: string) => string | undefined): string {
  const secrets = new Set<string>();
  const shown = lines.flatMap((line) => {
    const secret = secretOf(line);
    if (secret === undefined) return [[...secrets].reduce((text, one) => text.replaceAll(one, '***'), line)];
    if (secret !== '') secrets.add(secret);
    return [];
  });
  return shown.join('\n');
}

/** What the clean-up of a step did. */
export interface CleanedUp extends Ended {
  /** Variables that it set for what runs after it. */
  readonly exported: Variables;
}

/** A step of a job, to be run and cleaned up as the platform does. */
export interface Step {
  readonly tempDirectory: string;
  /** Where it runs, above its temp folder and its files. */
  readonly work: string;
  /** Of the user that the runner runs as. */
  readonly home: string;
  /** Where the platform has the step write, by the variable that names it. */
  readonly places: Variables;
  /** @param meanwhile - what the platform does while it runs, such as cancelling it */
  run(meanwhile?: (running: Running) => Promise<void>): Promise<StepRun>;
  /** What the platform runs at the end of the job, after `run`. */
  cleanUp(): Promise<CleanedUp>;
  /** Files below the job's temp folder, relative to it. */
  files(): string[];
}

export interface StepOptions {
  /** The step's name in its folder: `aws-credentials`, `FedbridgeAwsCredentials`. */
  readonly name: string;
  /** As a user writes them. */
  readonly inputs: Variables;
  /** The job's context, and whatever else its environment has. */
  readonly environment: Variables;
  /** Variables of the job that an earlier step has set, by their names as it wrote them. */
  readonly variables?: Variables;
  readonly node?: string;
  /** The folder that has the actions or tasks; by default the repository's. */
  readonly from?: string;
  /** The id of the user that the step runs as, whose its files are; by default the one of the tests. */
  readonly user?: number;
  /** Of a machine that jobs share; by default one for this step alone. */
  readonly home?: string;
  /** What the name of the job's temp folder begins with. */
  readonly temp?: string;
}
