import { FedbridgeError, invalid } from '@fedbridge/core';
import type { InputGroup } from './input-group.ts';
import { type PlatformName, platformNames, platformTitles } from './platform-name.ts';

/** One input of a step, as data: wrappers' manifests and the types of `run` both come from it. */
export type InputDefinition =
  | TextInput<unknown>
  | (InputBase & { readonly type: 'boolean'; readonly default: boolean })
  | (InputBase & {
      readonly type: 'integer';
      readonly minimum: number;
      readonly maximum: number;
      readonly default?: number;
    })
  | (InputBase & { readonly type: 'choice'; readonly options: readonly string[]; readonly default?: string });

interface InputBase {
  /** A short name for a form. */
  readonly label: string;
  /** Full sentences with an example, for the reference. */
  readonly description: string;
  /** Sentences after the description which are for the users of one platform. */
  readonly on?: Readonly<Partial<Record<PlatformName, string>>>;
  /** Where it stands in a form; without one, before all groups. */
  readonly group?: InputGroup;
  /** What gives it a use: a form shows it where another input has one of these values, and may require it there. */
  readonly usedWith?: { readonly input: string; readonly values: readonly string[]; readonly required?: boolean };
  readonly required?: boolean;
  /** The platform that has it, where the other has no use for it. */
  readonly only?: PlatformName;
  /** Whether it guards: what is delivered must hold against it. */
  readonly guards?: boolean;
  /** Whether it says what is delivered, as whom or to where. */
  readonly decides?: boolean;
}

interface TextInput<T> extends InputBase {
  readonly type: 'text';
  readonly default?: string;
  /** Whether it takes several lines. */
  readonly multiline?: boolean;
  /** Whether it may hold a secret, so that no error repeats it. */
  readonly secret?: boolean;
  /** The type of service connection that it names. */
  readonly connection?: string;
  /**
   * Turns the text into a value that cannot be wrong.
   * @throws FedbridgeError saying what is allowed; the input's name is put before it
   */
  readonly parse?: (text: string) => T;
}

type Given<D> = D extends { readonly type: 'boolean' }
  ? boolean
  : D extends { readonly type: 'integer' }
    ? number
    : D extends { readonly type: 'choice'; readonly options: readonly (infer Option)[] }
      ? Option
      : D extends { readonly parse: (text: string) => infer Value }
        ? Value
        : string;

type Always<D> = D extends { readonly required: true } ? true : 'default' extends keyof D ? true : false;

/** What `run` is handed: each input's value, `undefined` only where it is neither required nor has a default. */
export type InputValues<Definitions> = {
  readonly [Name in keyof Definitions]: Always<Definitions[Name]> extends true
    ? Given<Definitions[Name]>
    : Given<Definitions[Name]> | undefined;
};

/** An input as users of these platforms know it: described for them, a choice without the names of other platforms. */
export function inputOn(definition: InputDefinition, platforms: readonly PlatformName[]): InputDefinition {
  const { description, on = {} } = definition;
  const told = platforms.flatMap((platform) => {
    const text = on[platform];
    if (text === undefined) return [];
    return platforms.length === 1 ? text : `On ${platformTitles[platform]}: ${text}`;
  });
  const described = [description, ...told].join(' ');
  if (definition.type !== 'choice') return { ...definition, description: described };
  const others: readonly string[] = platformNames.filter((name) => !platforms.includes(name));
  const options = definition.options.filter((option) => !others.includes(option));
  return { ...definition, description: described, options };
}

/**
 * Reads one input.
 *
 * @param shown - the input's name as this platform's users write it
 * @param text - what the user wrote; empty when nothing
 * @throws FedbridgeError `INPUT_MISSING`, `INPUT_INVALID`, `ENDPOINT_NOT_ALLOWED`
 */
export function readInput(shown: string, definition: InputDefinition, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') {
    if (dependsOn(definition) && text !== '') {
      throw new FedbridgeError('INPUT_INVALID', `Input "${shown}" is blank, and what is delivered depends on it.`, {
        hint: 'See whether the variable that it is taken from is set; or leave the input out.',
      });
    }
    if (definition.required) {
      throw new FedbridgeError('INPUT_MISSING', `Input "${shown}" is required.`, { hint: definition.description });
    }
    if (definition.default === undefined) return undefined;
  }
  const value = trimmed === '' ? String(definition.default) : trimmed;
  try {
    return parse(definition, value);
  } catch (error) {
    if (error instanceof FedbridgeError) {
      const given = shownValue(definition, value);
      throw error.with({ given }, `Input "${shown}" is ${given}: ${error.message}`);
    }
    throw error;
  }
}

/** Whether what is delivered depends on an input: blank, as of a variable that is not set, it is an error where it can be distinguished from an absent one. */
export function dependsOn({ guards, decides }: InputDefinition): boolean {
  return guards === true || decides === true;
}

function parse(definition: InputDefinition, value: string): unknown {
  switch (definition.type) {
    case 'boolean':
      // YAML 1.2's core schema; Azure Pipelines writes a boolean parameter as True.
      if (/^(true|True|TRUE)$/.test(value)) return true;
      if (/^(false|False|FALSE)$/.test(value)) return false;
      throw invalid('expected true or false.');
    case 'integer': {
      const { minimum, maximum } = definition;
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= minimum && number <= maximum) return number;
      throw invalid(`expected a whole number from ${minimum} to ${maximum}.`);
    }
    case 'choice': {
      // Tools that users know write them with capitals: AzureUSGovernment.
      const chosen = definition.options.find((option) => option.toLowerCase() === value.toLowerCase());
      if (chosen !== undefined) return chosen;
      throw invalid(`expected ${definition.options.join(', ')}.`);
    }
    case 'text':
      return definition.parse ? definition.parse(value) : value;
  }
}

function shownValue(definition: InputDefinition, value: string): string {
  if (definition.type === 'text' && definition.secret) return 'not valid';
  return `"${value.length > 200 ? `${value.slice(0, 200)}…` : value}"`;
}
