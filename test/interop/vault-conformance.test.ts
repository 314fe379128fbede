import { countsOf, SuiteIssuers } from '@fedbridge/conformance';
import { expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { hasVault, startVault } from '../harness/real-vault.ts';
import { tryCases } from '../harness/try-cases.ts';

/** Written by Vault, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './vault/conformance.txt';

it.skipIf(!hasVault)('Vault decides so (skipped: test/interop/vault is not built)', async () => {
  await using vault = await startVault({ jwtMethods: [], policies: {} }, undefined);
  await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
  const report = await tryCases('vault', issuers, { server: vault.url, secret: vault.token });
  expect(countsOf(report)['not tried']).toBe(0);
  await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  const left = await fetch(`${vault.url}/v1/sys/auth`, { headers: { 'x-vault-token': vault.token } });
  expect(Object.keys(((await left.json()) as { readonly data: object }).data)).toEqual(['token/']);
});
