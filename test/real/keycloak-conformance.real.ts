import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SuiteIssuers } from '@fedbridge/conformance';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { tryCases } from '../harness/try-cases.ts';
import { fetchKeycloak, Keycloak } from './keycloak.ts';

const missing = await fetchKeycloak();

/** Written by Keycloak, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/keycloak.txt';

describe.skipIf(missing !== undefined)(`Keycloak${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities', async () => {
    await using keycloak = await Keycloak.start(mkdtempSync(join(tmpdir(), 'real-')));
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
    const report = await tryCases('keycloak', issuers, {
      server: keycloak.url,
      setUp: async (realm) => {
        await keycloak.createRealm(realm);
        return keycloak.url;
      },
    });
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });
});
