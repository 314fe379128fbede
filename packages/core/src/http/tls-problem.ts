/** Why no TLS connection was made. */
export interface TlsProblem {
  /** Follows the name of the other side: `could not be trusted: CERT_HAS_EXPIRED`. */
  readonly what: string;
  readonly hint: string;
}

const privateCa = 'If a proxy of your company signs its own certificates, name its CA in NODE_EXTRA_CA_CERTS';

/** What a code of a certificate's verification asks for, where it is not a CA. Source: Node.js, "TLS (SSL)", X509 certificate error codes. */
const certificateHints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'See the dates of its certificate, and the clock of this machine.',
  CERT_NOT_YET_VALID: 'See the dates of its certificate, and the clock of this machine.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Its certificate is for other names than this one: see the address, and what answers there.',
};

/** What a reason of OpenSSL's asks for. An "alert" is what the other side said [RFC 8446, 6.2]. */
const handshakeHints: readonly (readonly [reason: RegExp, hint: string])[] = [
  [
    /alert (certificate required|bad certificate|handshake failure)/,
    'It may demand a certificate of its clients, and Fedbridge has none: name an address that asks for none, or exempt this machine.',
  ],
  [
    /protocol version|unsupported protocol/,
    'Fedbridge speaks TLS 1.2 and 1.3: let the server, or the proxy before it, speak one of them.',
  ],
  [
    /wrong version number|packet length too long|http request/,
    'What answers there does not speak TLS: see scheme and port of the address.',
  ],
];

/**
 * What the error of a connection says of TLS; undefined for one that is of something else.
 *
 * @param code - of the error, by Node
 * @param caAdvice - what else has CAs trusted on this machine, as a part of a sentence
 */
export function tlsProblem(error: unknown, code: string, caAdvice?: string): TlsProblem | undefined {
  if (!/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|EPROTO/.test(code)) return undefined;
  // The text has what EPROTO leaves open, and a number of the thread.
  const [, reason] = /:SSL routines:[^:]*:([\w /.-]{1,80}):/.exec(error instanceof Error ? error.message : '') ?? [];
  if (reason !== undefined) {
    const hint = handshakeHints.find(([pattern]) => pattern.test(reason))?.[1];
    return { what: `did not agree on a TLS connection: ${reason}`, hint: hint ?? caHint(caAdvice) };
  }
  return { what: `could not be trusted: ${code}`, hint: certificateHints[code] ?? caHint(caAdvice, code) };
}

function caHint(caAdvice: string | undefined, code?: string): string {
  const incomplete =
    code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
      ? ' If that CA is trusted here already, the server sends its own certificate alone: it must send those between it and the CA too.'
      : '';
  return `${privateCa}${caAdvice ? `, or ${caAdvice}` : ''}.${incomplete}`;
}
