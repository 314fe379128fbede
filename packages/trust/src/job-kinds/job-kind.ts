import { FedbridgeError } from '@fedbridge/core/error';
import type { Cloud, TrustedJob } from '../job.ts';

/** Whom a document is for. */
export interface Target {
  readonly cloud: Cloud;
  /** What tokens for it are asked for, where a job can choose. */
  readonly audience: string;
}

/**
 * Jobs of one platform, by how whoever asks for a document names them.
 *
 * @throws FedbridgeError `INPUT_INVALID`; messages name options as the command has them
 */
export type JobsOf<Names> = (names: Names, target: Target) => TrustedJob;

/** An option as the command has it. */
type OptionText = readonly [flags: string, description: string];

/** How one kind of job is named on a command line: apart from the kind, since what asks otherwise needs none of these texts. */
export interface KindOptions {
  /** Options that this kind has and no other, in camel case; the first names the jobs. */
  readonly own: Readonly<Record<string, OptionText>>;
  /** Those that other kinds have too; `azp` is one of AWS's alone. */
  readonly shares: readonly (keyof typeof sharedOptions | 'azp')[];
}

/** Why a document does not fit a subject, as it most often is; undefined for a subject of another platform. */
export type LikelyCause = (subject: string) => string | undefined;

/** Options of more than one kind. */
export const sharedOptions = {
  mutableSubject: [
    '--mutable-subject',
    'its subjects have no ids yet: those are tested beside it; at Entra by an expression',
  ],
  branch: ['--branch <name>', 'of that repository or project'],
  tag: ['--tag <name>', 'of that repository or project'],
  issuer: ['--issuer <url>', 'the issuer; what is nearly a known one is read as that'],
  audience: ['--audience <audience>', 'another audience than the usual one'],
} as const satisfies Readonly<Record<string, OptionText>>;

/** An error of what was asked for, `INPUT_INVALID`. */
export function usage(message: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', message);
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function neededIssuer(issuer: string | undefined): string {
  if (issuer !== undefined) return issuer;
  throw usage('The option --issuer is required here.');
}
