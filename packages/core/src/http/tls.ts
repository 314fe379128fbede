/** Certificates are verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says: an earlier step of the job can set it. */
const verifying = { keepAlive: true, rejectUnauthorized: true } as const;

/** The same, by further CAs beside those that Node trusts. @param ca - in PEM, all of it valid: OpenSSL ends at the first that is not, and tells nobody */
export async function verifyingBy(ca: string | undefined) {
  if (ca === undefined) return verifying;
  const { createSecureContext } = await import('node:tls');
  const secureContext = createSecureContext();
  // The option `ca` would take the place of all that Node trusts by its own options and variables, which Node 20 does not list.
  secureContext.context.addCACert(ca);
  return { ...verifying, secureContext };
}
