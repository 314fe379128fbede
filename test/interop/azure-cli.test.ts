import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';

const run = promisify(execFile);
const isInstalled = spawnSync('az', ['version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!isInstalled)('the Azure CLI, unchanged (skipped: no "az" on the path)', () => {
  const ways = mainJourneys
    .filter(({ cloud }) => cloud === 'Entra')
    .flatMap((journey) => [
      { title: `${journey.title}, with the ID token`, journey, keepFresh: 'false', user: ids.app },
      { title: `${journey.title}, kept fresh`, journey, keepFresh: 'true', user: 'systemAssignedIdentity' },
    ]);

  it.each(ways)('$title: is logged in for later steps, and out at the end', async ({ journey, keepFresh, user }) => {
    await using emulator = await startEmulator({ tls: true, setup: sharedSetup });
    // Beside the CA, what makes the CLI take a cloud on loopback for a real one.
    const certificates = join(process.env.TMPDIR ?? '/tmp', `ca-${process.pid}-${journey.platform}-${keepFresh}.pem`);
    writeFileSync(certificates, emulator.ca ?? '');
    const trusting = {
      NODE_EXTRA_CA_CERTS: certificates,
      REQUESTS_CA_BUNDLE: certificates,
      SSL_CERT_FILE: certificates,
      ARM_CLOUD_METADATA_URL: `${emulator.urls.resources}/metadata/endpoints`,
      AZURE_CORE_INSTANCE_DISCOVERY: 'false',
      AZURE_CORE_COLLECT_TELEMETRY: 'false',
    };
    const inputs = {
      ...input(journey, 'export', 'azure-cli'),
      ...input(journey, 'keep-fresh', keepFresh),
      ...input(journey, 'subscription-id', ids.subscription),
    };
    const step = journey.start(emulator, { environment: trusting, inputs });
    const { error, exported } = await step.run();
    expect(error).toBeUndefined();
    const env = { ...machineEnvironment(step.home), ...trusting, ...exported };
    const az = async (...args: string[]) =>
      JSON.parse((await run('az', [...args, '--output', 'json'], { env, timeout: 3_600_000 })).stdout);
    expect(await az('account', 'show')).toMatchObject({
      id: ids.subscription,
      tenantId: ids.tenant,
      user: { name: user, type: 'servicePrincipal' },
    });
    const { accessToken } = await az('account', 'get-access-token', '--resource', 'https://graph.microsoft.com');
    expect(emulator.secrets()).toContain(accessToken);
    expect((await step.cleanUp()).exitCode).toBe(0);
    expect(step.files()).toEqual([]);
    await expect(az('account', 'show')).rejects.toThrow(/az login/);
  });
});
