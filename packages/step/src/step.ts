import { type NameOf, type Outbound, withNames } from '@fedbridge/core';
import type { Identity, ManagedIdentityId } from '@fedbridge/identity';
import { checkInputs, commonInputs } from './common-inputs.ts';
import type { FormerInputs } from './former-inputs.ts';
import type { CheckHost, Host } from './host.ts';
import { type InputDefinition, type InputValues, inputOn } from './input.ts';
import type { CheckOutcome, Outcome } from './outcome.ts';
import type { PlatformName } from './platform-name.ts';

/** An output of a step, as its manifest describes it. */
export interface OutputDefinition {
  readonly description: string;
  /** The platform that has it, where the other has no use for it. */
  readonly only?: PlatformName;
}

type InputDefinitions = Readonly<Record<string, InputDefinition>>;
type OutputDefinitions = Readonly<Record<string, OutputDefinition>>;

/** What `run` works with. */
export interface StepContext<Inputs extends InputDefinitions = InputDefinitions> {
  readonly host: Host;
  readonly inputs: InputValues<Inputs>;
  readonly outbound: Outbound;
  /** The file that a broker runs from, where the wrapper has one. */
  readonly brokerScript: string;
  /** Who the job acts as: what comes out of it has passed what the user requires. */
  readonly identity: Identity;
  /** Which managed identity the user named, if any. */
  readonly managedIdentity: ManagedIdentityId | undefined;
}

interface Definition<Inputs extends InputDefinitions> {
  /** The action's folder, `aws-credentials`. */
  readonly name: string;
  /** The task's name, `FedbridgeAwsCredentials`, and its id, which never changes. */
  readonly task: { readonly name: string; readonly id: string };
  readonly title: string;
  readonly description: string;
  /** Its own; `inputsOf` has those that every step, or every check, has too. */
  readonly inputs: Inputs;
  readonly outputs: OutputDefinitions;
}

/** One thing a user can put in a pipeline: data, from which both wrappers are generated, and a function. */
export interface Step<Inputs extends InputDefinitions = InputDefinitions> extends Definition<Inputs> {
  /** Whether the step speaks for a service connection where the platform has them. */
  readonly serviceConnection: 'required' | 'optional';
  /** Inputs of the tools that it takes the place of, which it does not have. */
  readonly formerInputs?: FormerInputs;
  /** The managed identity that the step's own inputs name. */
  managedIdentity?(inputs: InputValues<Inputs>): ManagedIdentityId | undefined;
  /**
   * What of the inputs, as the user wrote them, must not be shown: named before any of them is parsed, since errors repeat them.
   *
   * @param input - an input's text
   */
  hidden?(input: (name: string) => string): readonly string[];
  /** Acquires, checks, and only then publishes. @throws FedbridgeError of any code */
  run(context: StepContext<Inputs>): Promise<Outcome>;
  /**
   * Loads what takes back what `run` left outside the job, beside variables and secret files: parts of which each is tried, whatever
   * becomes of the others. The wrapper's clean-up has them too.
   */
  cleanUp?(): Promise<readonly CleanUp[]>;
}

/** What `run` of a check works with. */
export interface CheckContext<Inputs extends InputDefinitions = InputDefinitions> {
  readonly host: CheckHost;
  readonly inputs: InputValues<Inputs>;
  /** When it must be done, in ms since 1970-01-01 UTC. */
  readonly deadline: number;
}

/**
 * A step that looks at what is there and says what it thinks of it: it acts as nobody, asks nobody, and has nothing to take back but its
 * own files.
 */
export interface Check<Inputs extends InputDefinitions = InputDefinitions> extends Definition<Inputs> {
  /** @throws FedbridgeError where it cannot look at what it is to look at */
  run(context: CheckContext<Inputs>): Promise<CheckOutcome>;
}

/** Whatever a user can put in a pipeline. */
export type AnyStep = Step | Check;

/** Whether a step uses no identity. */
export function isCheck(step: AnyStep): step is Check {
  return !('serviceConnection' in step);
}

/** Takes one thing back that a step did. Called again, or with nothing to take back, it does nothing. */
export type CleanUp = (host: Host) => Promise<void>;

/** Ties the types of `run`'s inputs to the data. */
export function defineStep<const Inputs extends InputDefinitions>(step: Step<Inputs>): Step<Inputs> {
  return step;
}

/** The same for a check. */
export function defineCheck<const Inputs extends InputDefinitions>(check: Check<Inputs>): Check<Inputs> {
  return check;
}

/** Whom a page is for: the users of these platforms, and how they write the names of inputs and outputs. */
export interface Reader {
  readonly platforms: readonly PlatformName[];
  readonly nameOf: NameOf;
}

/** All outputs that a step has on a reader's platforms, described in the reader's names. */
export function outputsOf(step: AnyStep, reader: Reader): OutputDefinitions {
  return described(step, step.outputs, reader);
}

/** All inputs that a step has on a reader's platforms, its own first, described in the reader's names. */
export function inputsOf(step: AnyStep, reader: Reader): InputDefinitions {
  const inputs = Object.entries<InputDefinition>({ ...step.inputs, ...sharedInputs(step) });
  return described(
    step,
    Object.fromEntries(inputs.map(([name, input]) => [name, inputOn(input, reader.platforms)])),
    reader,
  );
}

function sharedInputs(step: AnyStep): InputDefinitions {
  return isCheck(step) ? checkInputs : commonInputs;
}

/** @throws Error for a description that names an input or output that the step does not have there */
function described<Definition extends InputDefinition | OutputDefinition>(
  step: AnyStep,
  definitions: Readonly<Record<string, Definition>>,
  { platforms, nameOf }: Reader,
): Readonly<Record<string, Definition>> {
  const known: Readonly<Record<string, InputDefinition | OutputDefinition>> = {
    ...step.inputs,
    ...sharedInputs(step),
    ...step.outputs,
  };
  const isThere = ({ only }: { readonly only?: PlatformName }) => only === undefined || platforms.includes(only);
  const shown: NameOf = (name, of) => {
    const definition = known[name];
    if (definition && isThere(definition)) return nameOf(name, of);
    throw new Error(
      `A description of ${step.name} names "${name}", which it does not have on ${platforms.join(' and ')}.`,
    );
  };
  return Object.fromEntries(
    Object.entries(definitions)
      .filter(([, definition]) => isThere(definition))
      .map(([name, definition]) => [name, { ...definition, description: withNames(definition.description, shown) }]),
  );
}
