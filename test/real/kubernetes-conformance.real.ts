import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { SuiteIssuers } from '@fedbridge/conformance';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { tryCases } from '../harness/try-cases.ts';
import { Cluster } from './cluster.ts';
import { build } from './programs.ts';

const missing = await build('kubernetes');

/** Written by Kubernetes, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/kubernetes.txt';

describe.skipIf(missing !== undefined)(`Kubernetes' API server${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities, by structured authentication', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'real-'));
    await using cluster = await Cluster.start(folder);
    const certificates = join(folder, 'certificates');
    const certificate = readFileSync(cluster.ca, 'utf8');
    const key = readFileSync(join(certificates, 'apiserver.key'), 'utf8');
    let issuerPort = 0;
    const front = await inFront(certificate, key, () => issuerPort);
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0, url: front.url });
    issuerPort = issuers.address.port;
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate]);
    const report = await tryCases('kubernetes', issuers, {
      async setUp(configuration) {
        const { jwt } = configuration as { readonly jwt: readonly Authenticator[] };
        const ours = jwt.map((one) => ({ ...one, issuer: { ...one.issuer, certificateAuthority: certificate } }));
        await cluster.trust({ ...configuration, jwt: ours });
        return cluster.url;
      },
    });
    front.close();
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });
});

interface Authenticator {
  readonly issuer: object;
}

/** What stands in front of the issuer with a certificate: API servers take no other. @param port - of the issuer */
async function inFront(cert: string, key: string, port: () => number) {
  const server = https.createServer({ cert, key }, (request, response) => {
    http.get({ host: '127.0.0.1', port: port(), path: request.url }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `https://127.0.0.1:${own}`, close };
}
