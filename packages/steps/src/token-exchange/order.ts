import { FedbridgeError } from '@fedbridge/core';
import { type ExchangeOrder, type Profile, profiles, type Template, valuesOf } from '@fedbridge/exchange';
import type { Host, InputDefinition } from '@fedbridge/step';
import { type ExchangeInputs, profileInputs } from './inputs.ts';

/** What the inputs ask for. @throws FedbridgeError `INPUT_MISSING`, `INPUT_INVALID` for one of another profile */
export function orderOf(host: Host, inputs: ExchangeInputs): ExchangeOrder {
  const profile = profiles.find(({ name }) => name === inputs.profile) as Profile;
  const given: Record<string, Template> = {};
  for (const [name, definition] of Object.entries<InputDefinition>(profileInputs)) {
    const value = inputs[name as keyof typeof profileInputs];
    const isTaken = Object.hasOwn(profile.takes, name);
    if (value === undefined) {
      if (profile.takes[name] === 'required') throw missing(host, name, profile, definition);
    } else if (isTaken) {
      Object.assign(given, named(name, value));
    } else if (value !== definition.default) {
      throw new FedbridgeError(
        'INPUT_INVALID',
        `Input "${host.inputName(name)}" is not one of the profile ${profile.name}.`,
        {
          hint: `It takes ${Object.keys(profile.takes)
            .map((one) => host.inputName(one))
            .join(', ')}.`,
        },
      );
    }
  }
  return { profile, values: valuesOf(profile, given) };
}

/** An address has its host as a value of its own. */
function named(name: string, value: URL | Template): Readonly<Record<string, Template>> {
  return value instanceof URL ? { [name]: value.href, [`${name}Host`]: value.host } : { [name]: value };
}

function missing(host: Host, name: string, profile: Profile, { description }: InputDefinition): FedbridgeError {
  return new FedbridgeError(
    'INPUT_MISSING',
    `Input "${host.inputName(name)}" is required for the profile ${profile.name}.`,
    {
      hint: description,
    },
  );
}
