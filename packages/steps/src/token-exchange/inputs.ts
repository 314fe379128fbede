import { parseEndpoint } from '@fedbridge/core';
import { profiles } from '@fedbridge/exchange';
import type { InputDefinition, InputValues } from '@fedbridge/step';
import { audienceInput, keepFreshInputs } from '../shared-inputs.ts';
import { googleInputs } from './google-inputs.ts';
import { octoStsInputs } from './octo-sts-inputs.ts';
import { rfc8693Inputs } from './rfc8693-inputs.ts';
import { vaultInputs } from './vault-inputs.ts';

/** Those of more than one profile. */
const sharedInputs = {
  tokenUrl: {
    type: 'text',
    label: 'Token endpoint',
    decides: true,
    parse: (text: string) => parseEndpoint(text, 'the token endpoint'),
    description:
      'rfc8693: the address of the token endpoint, for example https://sts.example.com/oauth2/token. google: another one for STS, by ' +
      'default https://sts.googleapis.com/v1/token.',
  },
  scope: {
    type: 'text',
    label: 'Scope',
    decides: true,
    description:
      'rfc8693: what the token is to allow, scopes with blanks between them. octo-sts: the repository that the token is for, for ' +
      'example octo/app, or its owner.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** All that are a profile's. */
export const profileInputs = {
  ...sharedInputs,
  ...googleInputs,
  ...vaultInputs,
  ...rfc8693Inputs,
  ...octoStsInputs,
} as const;

type ProfileInput = keyof typeof profileInputs;

/** What a profile takes. */
interface Taken {
  readonly required: readonly ProfileInput[];
  readonly optional: readonly ProfileInput[];
  /** Inputs that do nothing without another. */
  readonly beside?: Readonly<Partial<Record<ProfileInput, ProfileInput>>>;
}

const namesOf = <T extends object>(inputs: T) => Object.keys(inputs) as (keyof T)[];

/** By the profile's name. */
export const takenBy: Readonly<Record<string, Taken>> = {
  google: {
    required: ['workloadIdentityProvider'],
    optional: ['tokenUrl', ...namesOf(googleInputs)],
    beside: {
      accessTokenLifetime: 'serviceAccount',
      accessTokenScopes: 'serviceAccount',
      iamCredentialsEndpoint: 'serviceAccount',
    },
  },
  vault: { required: ['url', 'role'], optional: namesOf(vaultInputs) },
  rfc8693: { required: ['tokenUrl'], optional: ['scope', ...namesOf(rfc8693Inputs)] },
  'octo-sts': { required: ['scope', 'trustPolicy'], optional: namesOf(octoStsInputs) },
};

/** The step's inputs. */
export const exchangeInputs = {
  profile: {
    type: 'choice',
    label: 'Profile',
    decides: true,
    required: true,
    options: profiles.map(({ name }) => name),
    description: `Where the ID token is exchanged: ${profiles.map(({ name, title }) => `${name} (${title})`).join(', ')}.`,
  },
  audience: audienceInput('what the profile says, or the address that it is sent to'),
  ...withProfiles(profileInputs),
  ...keepFreshInputs,
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** The values of the step's inputs. */
export type ExchangeInputs = InputValues<typeof exchangeInputs>;

/** In a form each is shown for the profiles that take it; what one of them requires stands before the groups. */
function withProfiles(inputs: typeof profileInputs): typeof profileInputs {
  const taken = Object.entries(takenBy);
  const entries = Object.entries(inputs).map(([name, input]) => {
    const isThis = (other: string) => other === name;
    const requiring = taken.filter(([, { required }]) => required.some(isThis));
    const taking = taken.filter(([, { required, optional }]) => [...required, ...optional].some(isThis));
    const values = taking.map(([profile]) => profile);
    const usedWith = { input: 'profile', values, required: requiring.length === taking.length };
    return [name, { ...input, usedWith, ...(requiring.length > 0 ? {} : { group: 'profile' }) }];
  });
  return Object.fromEntries(entries);
}
