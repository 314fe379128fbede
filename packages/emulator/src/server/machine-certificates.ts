import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/** The certificates that this process trusts by itself, PEM: where a CA is named, Node trusts that one alone. */
export function machineCertificates(): readonly string[] {
  // Node 20 does not tell them.
  if ('getCACertificates' in tls) return tls.getCACertificates('default');
  const { NODE_EXTRA_CA_CERTS: extra } = process.env;
  return [...(tls as typeof import('node:tls')).rootCertificates, ...(extra ? [readFileSync(extra, 'utf8')] : [])];
}
