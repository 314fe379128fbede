import { FedbridgeError } from '@fedbridge/core/error';
import { isCredentialName, nameForm } from './credential-form.ts';
import type { TrustedJob } from './job.ts';

/**
 * A name for the federated credential of a job: the same for the same job, another for each other one, so that several stand on one
 * identity. What can be read of the subject comes first.
 */
export function credentialName({ issuer, subject, claims = {} }: TrustedJob): string {
  const readable = subject
    .replaceAll(/^repo:|refs\/(?:heads|tags)\//g, '')
    .replaceAll(/[^\dA-Za-z]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 80);
  const all = [issuer, subject, ...Object.entries(claims).flat()].join('\n');
  return `${readable === '' ? 'job' : readable}-${fingerprint(all)}`;
}

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseCredentialName(text: string): string {
  if (isCredentialName(text)) return text;
  throw new FedbridgeError('INPUT_INVALID', `The name of a credential has ${nameForm}.`);
}

/** FNV-1a of 32 bits, in hexadecimal digits: it tells a few names apart, and proves nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
