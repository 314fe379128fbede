import type { AnyStep } from '@fedbridge/step';
import { awsCredentials } from './aws-credentials.ts';
import { entraToken } from './entra-token.ts';
import { idToken } from './id-token.ts';
import { tokenExchange } from './token-exchange.ts';
import { trustLint } from './trust-lint.ts';

export { awsCredentials, entraToken, idToken, tokenExchange, trustLint };

/** Every step there is, in the order of the documentation. */
export const steps = [awsCredentials, entraToken, idToken, tokenExchange, trustLint] as unknown as readonly AnyStep[];
