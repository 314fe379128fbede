import { FedbridgeError } from '@fedbridge/core';
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

/** @throws FedbridgeError `INPUT_INVALID`. Source: Azure Resource Manager, `federatedIdentityCredentials`, the pattern of `name`. */
export function parseCredentialName(text: string): string {
  if (/^[\dA-Za-z][\w-]{2,119}$/.test(text)) return text;
  throw new FedbridgeError(
    'INPUT_INVALID',
    'The name of a credential has 3 to 120 letters, digits, - and _, of which the first is a letter or digit.',
  );
}

/** FNV-1a of 32 bits, in hexadecimal digits: it tells a few names apart, and proves nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
