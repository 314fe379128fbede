import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files: a company's CA, one that it has certified, and the certificate of 127.0.0.1 and ::1 that this one signed. */
export interface Chain {
  readonly ca: string;
  readonly key: string;
  /** Of the server alone. */
  readonly leaf: string;
  /** With the one between it and the CA, as a server ought to send it. */
  readonly chain: string;
}

/** Makes a chain of certificates in a folder, good for a day. */
export function makeChain(folder: string): Chain {
  const path = (name: string) => join(folder, name);
  const ca = ['-x509', '-days', '1', '-subj', '/CN=Example CA', '-keyout', path('ca.key'), '-out', path('ca.pem')];
  openssl('req', ...newKey, ...ca);
  signed(folder, { name: 'between', by: 'ca', extensions: 'basicConstraints=critical,CA:TRUE\n' });
  signed(folder, { name: 'leaf', by: 'between', extensions: 'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n' });
  writeFileSync(
    path('chain.pem'),
    ['leaf.pem', 'between.pem'].map((name) => readFileSync(path(name), 'utf8')).join(''),
  );
  return { ca: path('ca.pem'), key: path('leaf.key'), leaf: path('leaf.pem'), chain: path('chain.pem') };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function signed(folder: string, { name, by, extensions }: { name: string; by: string; extensions: string }): void {
  const path = (file: string) => join(folder, file);
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', path(`${name}.key`), '-out', path(`${name}.csr`));
  writeFileSync(path(`${name}.ext`), extensions);
  const signer = ['-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`), '-CAcreateserial', '-days', '1'];
  openssl(
    'x509',
    '-req',
    '-in',
    path(`${name}.csr`),
    ...signer,
    '-extfile',
    path(`${name}.ext`),
    '-out',
    path(`${name}.pem`),
  );
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
