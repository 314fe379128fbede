import { FedbridgeError } from '@fedbridge/core';
import { type ExchangeOrder, type Profile, profiles, type Template, type Values, valuesOf } from '@fedbridge/exchange';
import type { Host, InputDefinition } from '@fedbridge/step';
import { type ExchangeInputs, profileInputs, takenBy } from './inputs.ts';

type Name = keyof typeof profileInputs;

/** What the inputs ask for. @throws FedbridgeError `INPUT_MISSING`, `INPUT_INVALID` for one that the profile does not take */
export function orderOf(host: Host, inputs: ExchangeInputs): ExchangeOrder {
  const profile = profiles.find(({ name }) => name === inputs.profile) as Profile;
  const { required = [], optional = [], beside = {} } = takenBy[profile.name] ?? {};
  const given = (Object.entries<InputDefinition>(profileInputs) as [Name, InputDefinition][]).filter(
    ([name, definition]) => inputs[name] !== undefined && inputs[name] !== definition.default,
  );
  for (const [name] of given) {
    const other = beside[name];
    if (other !== undefined && inputs[other] === undefined) {
      throw new FedbridgeError(
        'INPUT_INVALID',
        `Input "${host.inputName(name)}" does nothing without "${host.inputName(other)}".`,
      );
    }
    if (required.includes(name) || optional.includes(name)) continue;
    const taken = [...new Set([...required, ...optional])].map((one) => host.inputName(one));
    throw new FedbridgeError(
      'INPUT_INVALID',
      `Input "${host.inputName(name)}" is not one of the profile ${profile.name}.`,
      {
        hint: `It takes ${taken.join(', ')}.`,
      },
    );
  }
  const missing = required.find((name) => inputs[name] === undefined);
  if (missing !== undefined) {
    throw new FedbridgeError(
      'INPUT_MISSING',
      `Input "${host.inputName(missing)}" is required for the profile ${profile.name}.`,
      {
        hint: profileInputs[missing].description,
      },
    );
  }
  const values = [...required, ...optional].map((name) => valuesBy(name, inputs[name]));
  return { profile, values: valuesOf(profile, Object.assign({}, ...values)) };
}

/** Of an input that was parsed into several values, each; an address has its host as a value of its own. */
function valuesBy(name: string, value: URL | Template | undefined): Values {
  // What is written behind it begins with a slash.
  if (value instanceof URL)
    return { [name]: value.href.replace(/^([^/]+\/\/[^/?]+)\/$/, '$1'), [`${name}Host`]: value.host };
  return typeof value === 'object' && !Array.isArray(value) ? (value as Values) : { [name]: value };
}
