/**
 * Tests as well:
 * - packages/emulator/src/vault/bound-claims.ts
 * - packages/emulator/src/vault/jwt-login.ts
 * - packages/emulator/src/vault/vault-service.ts
 * - packages/emulator/src/vault/vault-tokens.ts
 * - packages/emulator/src/vault/vault.ts
 */

import { type EmulatorUrls, startEmulator } from '@fedbridge/emulator';
import { expect, it } from 'vitest';
import { hasVault, startVault } from '../harness/real-vault.ts';
import { ids } from '../harness/setup.ts';
import { answersOf } from './vault/answers.ts';
import { vaultOf } from './vault/cases.ts';

const setUp = (urls: EmulatorUrls) => ({
  organizations: [
    {
      name: 'contoso',
      id: ids.organization,
      projects: [{ name: 'web', id: ids.project, pipelines: { release: '12', nightly: '13' } }],
    },
  ],
  vault: vaultOf(urls),
});

/** Written by Vault, with `-u`. */
const answers = './vault/answers.txt';

it("the emulator's Vault answers as Vault does", async () => {
  await using emulator = await startEmulator({ setup: setUp });
  await expect(await answersOf(emulator, emulator.urls.vault)).toMatchFileSnapshot(answers);
});

it.skipIf(!hasVault)('Vault answers so (skipped: test/interop/vault is not built)', async () => {
  await using emulator = await startEmulator({ setup: setUp });
  await using vault = await startVault(vaultOf(emulator.urls), emulator.ca);
  await expect(await answersOf(emulator, vault.url)).toMatchFileSnapshot(answers);
});
