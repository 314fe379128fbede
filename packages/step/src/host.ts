import type { FedbridgeError, MachineNetwork, System } from '@fedbridge/core';
import type { PlatformJob } from '@fedbridge/identity';
import type { PlatformName } from './platform-name.ts';
import type { StepFolder } from './step-folder.ts';

/**
 * What a CI platform offers to a step that runs on it. A step sees the platform through this alone. Names of inputs and
 * outputs are given in camel case; the host writes them as its users do.
 */
export interface Host {
  readonly system: System;
  readonly job: Job;
  /** A folder of this job, on this machine, that the platform empties when the job ends. */
  readonly tempDirectory: string;
  /**
   * Whether a secret variable reaches the scripts of later steps by itself. Where it does not, secrets go to files and
   * plain variables point at them.
   */
  readonly secretVariablesReachScripts: boolean;
  /** Whether a variable reaches scripts under its name as it is. Where it does not, all are in capitals. */
  readonly variablesKeepCase: boolean;
  /** Whether its users configure service connections, which know what inputs then need not say. */
  readonly hasServiceConnections: boolean;
  /** Whether a job's scripts are given what they ask for ID tokens with, in the variables that GitHub's libraries read. */
  readonly scriptsAskForIdTokens: boolean;

  /** The input as the user wrote it, or an empty string. @throws FedbridgeError `INPUT_INVALID` */
  input(name: string): string;
  /** The input's name as this platform's users write it. */
  inputName(name: string): string;
  /** The output's name likewise. @param of - as for `setOutput` */
  outputName(name: string, of?: string): string;

  /** The service connection that the step was given, where the platform has them. */
  serviceConnection(): ServiceConnection | undefined;
  /** What the owner of a service connection of our own type configured. @param id - as its input gives it */
  connectionData(id: string, name: string): string | undefined;
  /** What it takes to ask for this job's ID tokens: for the service connection if there is one, else for the job. */
  jobSource(): PlatformJob;

  /**
   * How the platform's own program on this machine was configured to reach the network: a proxy, a CA.
   * @throws FedbridgeError `INPUT_INVALID`, `HTTP_PROXY` for what cannot be read
   */
  configuredNetwork(): Promise<ConfiguredNetwork>;

  /** Hides a value in everything that is printed from now on, by this and by later steps. */
  mask(secret: string): void;

  /**
   * Whether this machine takes what a step delivers. Costs nothing to speak of, so it is asked before any request.
   * @throws FedbridgeError `DELIVERY_FAILED` with path and errno
   */
  checkDelivery(): void;
  /** Nothing of the four below is delivered before `publish`. @param of - which of several things the output is about; its name is put before the output's */
  setOutput(name: string, value: string, of?: string): void;
  setSecretOutput(name: string, value: string, of?: string): void;
  /** Sets a variable for the rest of this job's steps. */
  exportVariable(name: string, value: string): void;
  /** Sets a secret variable. Where it does not reach scripts by itself, users map it into them. */
  exportSecretVariable(name: string, value: string): void;
  /** Hands outputs and variables over: all of them, or none. @throws FedbridgeError `DELIVERY_FAILED` with path and errno */
  publish(): void;
  /** What a variable is before this step: empty if there is none. */
  variable(name: string): { readonly value: string; readonly isSecret: boolean };

  info(line: string): void;
  debug(line: string): void;
  warning(text: string): void;
  /** Lines under a title, folded where the platform folds. */
  group(title: string, lines: readonly string[]): void;
  /** Adds to what the platform shows of the job when it is done. @param markdown - never a secret */
  summary(markdown: string): Promise<void>;
  /** Ends the step as failed. */
  fail(error: FedbridgeError): void;

  /** What this step leaves on disk until its clean-up. */
  readonly folder: StepFolder;
  /** Keeps a text for this step's clean-up, in its folder; an empty one is none. @throws FedbridgeError `DELIVERY_FAILED` */
  saveState(name: string, value: string): void;
  /** What `saveState` kept, or an empty string. @throws FedbridgeError `DELIVERY_FAILED` */
  state(name: string): string;
}

/** What is configured, and what a step is to warn of in it. */
export interface ConfiguredNetwork {
  readonly network: MachineNetwork;
  readonly warnings: readonly string[];
}

/** What a platform offers to a check beside that: what there is to look at, and where what was found is shown. */
export interface CheckHost extends Host {
  /** The folder that the job's sources are checked out to. @throws FedbridgeError `CHECK_INCOMPLETE` if the platform names none */
  readonly workspace: string;
  /** How its users check sources out: for who has to do it otherwise. */
  readonly checkout: Checkout;
  /** The change that this job looks at before it becomes part of something, where it does. */
  proposedChange(): ProposedChange | undefined;
  /** Shows something at its place in a file, where the platform has such a thing, and in the log. */
  annotate(annotation: Annotation): void;
  /**
   * Hands a SARIF file over to who shows it, once `publish` is called.
   * @returns whether the platform takes one from a step; where it does not, a later step hands it over
   */
  exportSarif(path: string): boolean;
}

/** What a platform's users say to have sources checked out, as parts of a sentence. */
export interface Checkout {
  /** That a clone has the commit before the one that is checked out; and all of them. */
  readonly deeper: string;
  /** That a pull request is what is checked out. */
  readonly ofChange: string;
  /** Where a job for pull requests runs. */
  readonly forChanges: string;
}

/** Something to be shown at its place. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'note';
  /** A few words. */
  readonly title: string;
  readonly text: string;
  /** Relative to the root of the repository, with slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A pull request, or its like. Not all of it is the platform's word: each text is to be checked before it is used. */
export interface ProposedChange {
  /** The commit that the platform made of the change and of what it goes into, which is its first parent. */
  readonly mergeCommit: string | undefined;
  /** The commit that it goes into, as it was when the job was made. */
  readonly into: string | undefined;
  /** The branch that it goes into, `main` or `refs/heads/main`. */
  readonly branch: string | undefined;
  /** Its own last commit, as it was when the job was made. */
  readonly commit: string | undefined;
  /** Whether the platform says that there is one and not which. */
  readonly isUnknown: boolean;
  /** Whether somebody else proposes it, from a repository of their own, and the job may have what those are not to have: secrets, for one. */
  readonly isOfStranger: boolean;
}

/** Which job this is, for names and summaries. */
export interface Job {
  readonly platform: PlatformName;
  /** The repository (`octo/app`) or the project. */
  readonly project: string;
  /** The run's or build's number; empty when unknown. */
  readonly runId: string;
  /** What an audit wants to know of a job: names of tags with their values, some of them empty. */
  readonly auditFacts: Readonly<Record<string, string>>;
  /** What is good to know beside that, and left out where there is no room for it. */
  readonly contextFacts: Readonly<Record<string, string>>;
}

/** A service connection with workload identity federation: what its owner configured. */
export interface ServiceConnection {
  readonly id: string;
  readonly clientId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  /** The cloud's name as Azure DevOps writes it: `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`. */
  readonly environment?: string | undefined;
  /** The ID token that newer platforms hand over with the connection: the one secret. */
  readonly idToken?: string | undefined;
}
