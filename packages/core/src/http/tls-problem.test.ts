import { describe, expect, it } from 'vitest';
import { tlsProblem } from './tls-problem.ts';

const ofOpenSsl = (reason: string) =>
  new Error(`write EPROTO 402D2B9C:error:0A000410:SSL routines:ssl3_read_bytes:${reason}:../deps/openssl/x.c:916:`);

describe('what is wrong with a TLS connection', () => {
  it.each([
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /name its CA in NODE_EXTRA_CA_CERTS\.$/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /name its CA in NODE_EXTRA_CA_CERTS\.$/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /name its CA in NODE_EXTRA_CA_CERTS\. If that CA is trusted here already/],
    ['CERT_HAS_EXPIRED', /the dates of its certificate/],
    ['CERT_NOT_YET_VALID', /the clock of this machine/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for other names/],
  ])('is told of its certificate: %s', (code, hint) => {
    expect(tlsProblem(new Error('secret'), code)).toEqual({
      what: `could not be trusted: ${code}`,
      hint: expect.stringMatching(hint),
    });
  });

  it.each([
    ['tlsv13 alert certificate required', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'Fedbridge has none'],
    ['ssl/tls alert handshake failure', 'EPROTO', 'Fedbridge has none'],
    ['tlsv1 alert protocol version', 'EPROTO', 'TLS 1.2 and 1.3'],
    ['wrong version number', 'EPROTO', 'does not speak TLS'],
    ['tlsv1 unrecognized name', 'EPROTO', 'NODE_EXTRA_CA_CERTS'],
  ])('is told of the handshake, in words: %s', (reason, code, hint) => {
    expect(tlsProblem(ofOpenSsl(reason), code)).toEqual({
      what: `did not agree on a TLS connection: ${reason}`,
      hint: expect.stringContaining(hint),
    });
  });

  it('is nothing where the connection failed otherwise', () => {
    expect(tlsProblem(new Error('read ECONNRESET'), 'ECONNRESET')).toBeUndefined();
  });

  it('says what else has a CA trusted on the machine', () => {
    expect(tlsProblem(undefined, 'SELF_SIGNED_CERT_IN_CHAIN', 'see the agent')?.hint).toMatch(
      /CA_CERTS, or see the agent\.$/,
    );
  });
});
