import type { InputDefinition, Step } from '@fedbridge/step';
import { awsCredentials } from './aws-credentials.ts';
import { entraToken } from './entra-token.ts';
import { idToken } from './id-token.ts';

export { awsCredentials, entraToken, idToken };

/** Every step there is, in the order of the documentation. */
export const steps = [awsCredentials, entraToken, idToken] as unknown as readonly Step<
  Readonly<Record<string, InputDefinition>>
>[];
