import { profiles } from '@fedbridge/exchange';
import type { InputDefinition, InputValues } from '@fedbridge/step';
import { audienceInput, keepFreshInputs } from '../shared-inputs.ts';
import { octoStsInputs } from './octo-sts-inputs.ts';
import { rfc8693Inputs } from './rfc8693-inputs.ts';

/** Those of profiles, each of the profile that says that it takes it. */
export const profileInputs = {
  scope: {
    type: 'text',
    label: 'Scope',
    decides: true,
    description:
      'rfc8693: what the token is to allow, scopes with blanks between them. octo-sts: the repository that the token is for, for ' +
      'example octo/app, or its owner.',
  },
  ...rfc8693Inputs,
  ...octoStsInputs,
} as const satisfies Readonly<Record<string, InputDefinition>>;

const names = profiles.map(({ name }) => name);

export const exchangeInputs = {
  profile: {
    type: 'choice',
    label: 'Profile',
    decides: true,
    required: true,
    options: names,
    description: `Where the ID token is exchanged: ${profiles.map(({ name, title }) => `${name} (${title})`).join(', ')}.`,
  },
  audience: audienceInput('what the profile says, or the address that it is sent to'),
  ...profileInputs,
  ...keepFreshInputs,
} as const satisfies Readonly<Record<string, InputDefinition>>;

export type ExchangeInputs = InputValues<typeof exchangeInputs>;
