import type { Outbound } from '@fedbridge/core';
import { FedbridgeError } from '@fedbridge/core';
import { type JobSource, platformOf } from './job-source.ts';
import {
  findManagedIdentity,
  type ManagedIdentity,
  type ManagedIdentityId,
  managedIdentityToken,
} from './managed-identity.ts';
import type { Platform } from './platform.ts';
import { tokenFilesOf } from './token-file.ts';

/** Where ID tokens can come from, as users write it, or whichever of it is there. @param platforms - the names of CI platforms */
export function identityNames<Name extends string>(platforms: readonly Name[]) {
  return ['auto', ...platforms, 'kubernetes', 'managed-identity', 'aws'] as const;
}

/** What an identity is chosen from. */
export interface ChooseOptions {
  /** One of `identityNames`. */
  readonly wanted: string;
  /** What the platform gives a job, where there is a platform. */
  readonly own: JobSource | undefined;
  /** Those that a job may be of. */
  readonly platforms: readonly Platform[];
  readonly managedIdentity: ManagedIdentityId;
}

/** The source that was chosen. */
export interface ChosenSource {
  readonly source: JobSource;
  /** Which one, and why it and no other. */
  readonly why: string;
}

/** What every tenant has; the token is asked for to see whether the machine has an identity. */
const anyResource = 'https://management.azure.com';

/**
 * The identity that was named, else the first that is there: the platform's, a token file's, the machine's own.
 *
 * @throws FedbridgeError `INPUT_INVALID` for one that is not there
 */
export async function chooseSource(
  { wanted, own, platforms, managedIdentity }: ChooseOptions,
  outbound: Outbound,
): Promise<ChosenSource> {
  const { environment } = outbound.system;
  const files = tokenFilesOf(environment);
  const kubernetes: JobSource = { kind: 'kubernetes', files };
  const identity = await findManagedIdentity(environment, managedIdentity);
  const machine = (known: boolean): JobSource => ({ kind: 'managed-identity', identity, known });
  const ownAws: JobSource = { kind: 'aws' };
  if (wanted !== 'auto') {
    const source = [own, kubernetes, machine(true), ownAws].find((one) => one?.kind === wanted);
    if (source) return { source, why: `Identity: ${wanted}, as asked for.` };
    throw new FedbridgeError(
      'INPUT_INVALID',
      `The identity "${wanted}" was asked for, but this does not run in a job of that platform.`,
    );
  }
  if (own && canAsk(own, platforms))
    return { source: own, why: `Identity: ${own.kind}, which gives this job ID tokens.` };
  const lacks = own ? `${own.kind} gives this job no ID token` : 'no CI platform is here';
  const named = Object.keys(files).join(' and ');
  if (named !== '') return { source: kubernetes, why: `Identity: kubernetes, since ${lacks} and ${named} is set.` };
  const otherwise = `since ${lacks} and no token file is named`;
  if (!own || (await exists(identity, outbound))) {
    return { source: machine(own !== undefined), why: `Identity: managed-identity, ${otherwise}.` };
  }
  return {
    source: own,
    why: `Identity: ${own.kind}, though ${lacks}: no token file is named, and no managed identity is here.`,
  };
}

/** How long a machine may take to show that it has an identity, in ms; one where nothing connects takes less. */
const findingOutMs = 5_000;

async function exists(identity: ManagedIdentity, outbound: Outbound): Promise<boolean> {
  const deadline = Math.min(outbound.deadline, outbound.system.now() + findingOutMs);
  try {
    await managedIdentityToken(identity, anyResource, { ...outbound, deadline }, false);
    return true;
  } catch (error) {
    if (error instanceof FedbridgeError) return false;
    throw error;
  }
}

function canAsk(own: JobSource, platforms: readonly Platform[]): boolean {
  return !('environment' in own) || platformOf(own, platforms).canAsk(own);
}
