// @peculiar/x509 wants this polyfill loaded before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { State } from './state.ts';

/** PEM texts of a server's key and certificate, and of the CA that signed it. */
export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;
/** What is kept is good for longer than one run. */
const keptDays = 365;

interface KeptAuthority {
  readonly key: string;
  readonly certificate: string;
}

/** A CA of the emulator's own: whoever trusts it takes its servers for those of any name. Its key leaves the state folder never. */
export class CertificateAuthority {
  /** The CA's certificate, PEM. */
  readonly ca: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;
  readonly #made = new Map<string, Promise<ServerCertificate>>();

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
    this.ca = certificate.toString('pem');
  }

  /** The one that the state has, if it is good for another day, or a new one. */
  static async open(state: State): Promise<CertificateAuthority> {
    const kept = state.map<KeptAuthority>('certificate authority');
    const before = kept.get('ca');
    const known = before && new x509.X509Certificate(before.certificate);
    if (known && known.notAfter.getTime() > Date.now() + day) {
      const pkcs8 = x509.PemConverter.decodeFirst(before.key);
      return new CertificateAuthority(
        known,
        await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      );
    }
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...lasting(state.isKept ? keptDays : 1),
      name: 'CN=Fedbridge emulator CA',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    if (state.isKept) kept.set('ca', { key: await pemOf(keys.privateKey), certificate: certificate.toString('pem') });
    return new CertificateAuthority(certificate, keys.privateKey);
  }

  /** A certificate for names, the first of them its subject, and 127.0.0.1; the same one each time. */
  certificateFor(names: readonly [string, ...string[]]): Promise<ServerCertificate> {
    const key = names.join(' ');
    const made = this.#made.get(key) ?? this.#issue(names);
    this.#made.set(key, made);
    return made;
  }

  async #issue(names: readonly [string, ...string[]]): Promise<ServerCertificate> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      ...lasting(keptDays),
      subject: `CN=${names[0]}`,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          ...names.map((value) => ({ type: 'dns', value }) as const),
          { type: 'ip', value: '127.0.0.1' },
        ]),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    return { key: await pemOf(keys.privateKey), certificate: certificate.toString('pem'), ca: this.ca };
  }
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** From a day ago: the clock of whoever looks may be behind. */
function lasting(days: number) {
  return { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + days * day) };
}
