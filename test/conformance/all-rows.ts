import { entraAnswers, stsAnswers } from './answers.ts';
import { credentialRows } from './creation.ts';
import { exchangeRows, requestRows } from './entra-exchange.ts';
import { gitLabRows } from './gitlab.ts';
import { documentedPolicyRows } from './iam-keys.ts';
import { claimRows, problemRows } from './platforms.ts';
import { roleRows } from './provider-controls.ts';
import type { Row } from './row.ts';
import { rolesClaimRows } from './sts-roles-claim.ts';
import { tokenRows } from './sts-tokens.ts';
import { capturedPolicyRows } from './sts-trust.ts';

/** Who is held to rows. */
type Held = 'emulator' | 'evaluator' | 'steps';

/** A table of rows, what it is of, and who is held to it. */
interface Table {
  readonly of: string;
  readonly rows: readonly Row[];
  readonly held: readonly Held[];
}

export const tables: readonly Table[] = [
  { of: 'STS: tokens, their keys and times', rows: tokenRows, held: ['emulator', 'evaluator', 'steps'] },
  { of: 'STS: the claim that limits roles', rows: rolesClaimRows, held: ['emulator', 'evaluator', 'steps'] },
  { of: 'STS: trust policies, captured', rows: capturedPolicyRows, held: ['emulator', 'evaluator'] },
  { of: 'IAM: trust policies, documented', rows: documentedPolicyRows, held: ['emulator', 'evaluator'] },
  { of: 'IAM: roles as they are created', rows: roleRows, held: ['emulator'] },
  { of: 'Entra: tokens and federated credentials', rows: exchangeRows, held: ['emulator', 'evaluator', 'steps'] },
  { of: 'Entra: requests', rows: requestRows, held: ['emulator', 'steps'] },
  { of: 'Entra: federated credentials as they are created', rows: credentialRows, held: ['emulator'] },
  { of: 'GitHub and Azure Pipelines: claims', rows: claimRows, held: ['emulator'] },
  { of: 'GitLab: ID tokens', rows: gitLabRows, held: ['emulator'] },
  { of: 'Azure Pipelines: errors', rows: problemRows, held: ['emulator'] },
  { of: 'STS: what errors mean', rows: stsAnswers, held: ['steps'] },
  { of: 'Entra: what errors mean', rows: entraAnswers, held: ['steps'] },
];
