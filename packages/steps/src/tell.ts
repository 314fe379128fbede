import type { Host, IdToken } from '@fedbridge/core';

/** The one line that each run ends with: who it is now, until when, and as which subject. */
export function tellIdentity(host: Host, identity: string, expiresAt: number, idToken: IdToken): void {
  const until = new Date(expiresAt).toISOString();
  host.info(`Now ${identity} until ${until}, as ${idToken.subject} of ${idToken.issuer}.`);
}
