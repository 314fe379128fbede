import type { Host, Presented } from '@fedbridge/core';

/** The one line that each run ends with: who it is now, until when, and as which subject. */
export function tellIdentity(host: Host, identity: string, expiresAt: number, { subject, issuer }: Presented): void {
  const until = new Date(expiresAt).toISOString();
  host.info(`Now ${identity} until ${until}, as ${subject} of ${issuer}.`);
}
