import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canWriteArcKeys, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment } from '../harness/process.ts';
import { runNode } from '../harness/run-node.ts';
import { ids, pipelineJob, sharedSetup } from '../harness/setup.ts';
import { compileCache } from '../harness/stand-in-tools.ts';

const script = join(import.meta.dirname, 'azure-identity-client.ts');

describe('@azure/identity, unchanged', () => {
  it('AzurePipelinesCredential gets an access token through both token shapes of a connection', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    for (const [name, id] of [
      ['azure', ids.newConnection],
      ['azure-old', ids.oldConnection],
    ] as const) {
      const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: [name] });
      const accessToken = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
      const token = await run(emulator.ca, {
        ...environment,
        CREDENTIAL: 'azure-pipelines',
        CONNECTION: id,
        SYSTEM_ACCESSTOKEN: accessToken,
        AUTHORITY: emulator.urls.entra,
      });
      expect(token).toMatchObject({ tokenType: 'Bearer' });
      expect(emulator.secrets()).toContain(token.token);
    }
  });

  it('AzurePipelinesCredential is refused for a connection that the job does not refer to', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob });
    const accessToken = environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '';
    await expect(
      run(emulator.ca, {
        ...environment,
        CREDENTIAL: 'azure-pipelines',
        CONNECTION: ids.newConnection,
        SYSTEM_ACCESSTOKEN: accessToken,
        AUTHORITY: emulator.urls.entra,
      }),
    ).rejects.toThrow('403');
  });

  it('WorkloadIdentityCredential exchanges a token from a file, and is refused as Entra refuses', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const file = join(mkdtempSync(join(tmpdir(), 'token-')), 'token');
    const exchange = async (job: Parameters<typeof emulator.startGitHubJob>[0]) => {
      writeFileSync(file, await gitHubToken(emulator.startGitHubJob(job).environment, emulator.ca));
      return run(emulator.ca, { CREDENTIAL: 'workload-identity', TOKEN_FILE: file, AUTHORITY: emulator.urls.entra });
    };
    const { token } = await exchange({});
    expect(emulator.secrets()).toContain(token);
    await expect(exchange({ ref: 'refs/heads/feature' })).rejects.toThrow('AADSTS700213');
  });

  it.skipIf(!canWriteArcKeys())('ManagedIdentityCredential is answered by the agent of Azure Arc', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form: 'azure-arc' });
    const { token } = await run(emulator.ca, { ...environment, CREDENTIAL: 'managed-identity' });
    expect(emulator.secrets()).toContain(token);
    const statuses = emulator.requests.flatMap(({ service, status }) => (service === 'machine' ? [status] : []));
    expect(statuses).toEqual([401, 200]);
  });
});

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'Entra'))('$title, then @azure/identity', (journey) => {
  it('DefaultAzureCredential finds what export: azure-sdk left', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup, tls: true });
    const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
    writeFileSync(ca, emulator.ca ?? '');
    const step = journey.start(emulator, {
      inputs: input(journey, 'export', 'azure-sdk'),
      environment: { NODE_EXTRA_CA_CERTS: ca },
    });
    const { exported, error } = await step.run();
    expect(error).toBeUndefined();
    const { token } = await run(emulator.ca, exported);
    expect(emulator.secrets()).toContain(token);
    await step.cleanUp();
    await expect(run(emulator.ca, exported)).rejects.toThrow('ENOENT');
  });
});

async function run(ca: string | undefined, environment: Record<string, string>): Promise<{ token: string }> {
  const work = mkdtempSync(join(tmpdir(), 'interop-'));
  writeFileSync(join(work, 'ca.pem'), ca ?? '');
  const trusted = {
    ...machineEnvironment(work),
    ...compileCache(),
    ...environment,
    NODE_EXTRA_CA_CERTS: join(work, 'ca.pem'),
  };
  const ended = await runNode(process.execPath, script, trusted, work);
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as { token: string };
}

/** As `@actions/core` asks for it. */
async function gitHubToken(environment: Readonly<Record<string, string>>, ca: string | undefined): Promise<string> {
  const { request } = await import('node:https');
  const url = `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent('api://AzureADTokenExchange')}`;
  const headers = { authorization: `Bearer ${environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
  return new Promise((resolve, reject) => {
    request(url, { headers, ca }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve((JSON.parse(body) as { value: string }).value));
    })
      .on('error', reject)
      .end();
  });
}
