import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases, profileOf, runCases, SuiteIssuers, setUpFor } from '@fedbridge/conformance';
import { HttpClient } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { fetchKeycloak, Keycloak } from './keycloak.ts';

const missing = await fetchKeycloak();

/** Written by Keycloak, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/keycloak.txt';

describe.skipIf(missing !== undefined)(`Keycloak${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities', async () => {
    await using keycloak = await Keycloak.start(mkdtempSync(join(tmpdir(), 'real-')));
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
    const client = new HttpClient({});
    const connection = {
      server: keycloak.url,
      secret: undefined,
      send: (request: Parameters<typeof client.send>[0]) => client.send(request),
    };
    const profile = await profileOf('keycloak');
    await keycloak.createRealm(setUpFor({ profile, cases, issuers, connection }) as object);
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const report = await runCases({ profile, cases, issuers, connection, now: Date.now, sleep });
    client.close();
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });
});
