import type { JobKind, JobNames } from './job-kinds.ts';

/** How the jobs of a platform are asked for and written. Its package has it as `job-file`. */
export interface JobFile {
  /** The platform, as users write it. */
  readonly platform: string;
  /** What its jobs are named by. */
  readonly kind: JobKind;
  /** Where the platform looks for it, from the root of a repository. */
  readonly usualPath: string;
  /** What names jobs, in the order in which it is asked for; what is known already decides of what comes behind it. */
  questions(names: JobNames): readonly Question<keyof JobNames>[];
  /** @throws FedbridgeError `INPUT_INVALID` for a name that cannot be written there */
  write(names: JobNames, step: JobStep): WrittenJob;
}

/** Something that has to be known: asked for at a terminal, and elsewhere named by its option. */
export interface Question<Option> {
  readonly option: Option;
  readonly question: string;
  /** What Enter alone stands for; empty where it leaves the option out. */
  readonly usual?: string;
  /** Whether it may be left out by who says all others. */
  readonly isOptional?: true;
}

/** What a job does to have an identity in a cloud. */
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
  /** What it does instead where no steps of ours run: it is given an ID token, and calls the command. */
  readonly byCommand: {
    /** The variable that the ID token is in. */
    readonly idToken: string;
    readonly audience: string;
    /** Its lines. */
    readonly script: readonly string[];
  };
}

/** YAML: a whole file, and what of it a file that is there needs. */
interface WrittenJob {
  readonly whole: string;
  readonly part: string;
}
