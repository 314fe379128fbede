import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type BrokerOrder, brokerFiles, idTokenPath, startBroker, stopBroker } from '@fedbridge/broker';
import { realSystem } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';
import { unsignedToken } from '../harness/tokens.ts';

const system = realSystem({ ...process.env });
const scriptOf = (step: string) => join(root, 'actions', step, 'dist', 'broker', 'index.js');
const never = Date.parse('2099-01-02T03:04:05Z');
const audience = 'api://AzureADTokenExchange';

/** A job whose ID tokens are in a file, and must have a subject. */
function job() {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  const file = join(folder, 'pod-token');
  const become = (sub: string, aud = audience) => {
    const claims = { iss: 'https://cluster.example', sub, aud, exp: never / 1000 };
    writeFileSync(file, unsignedToken(claims));
    return unsignedToken(claims);
  };
  const order = {
    identity: {
      source: { kind: 'kubernetes' as const, files: { AZURE_FEDERATED_TOKEN_FILE: file } },
      requiredClaims: [['sub', 'mine']] as const,
    },
    ...{ folder, endsAt: never, jobProcess: system.processOf(process.pid), idTokens: false },
  };
  return { folder, order, become };
}

/** Each on a connection of its own: a server that is killed takes with it those that it has. */
async function ask(port: number, path: string, headers: Record<string, string>) {
  const request = get({ host: '127.0.0.1', port, path, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, text: await text(response) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 20));
}

describe.skipIf(process.platform !== 'linux')('a token that cannot be removed', () => {
  it.concurrent('costs nobody the server, and is removed as soon as it can be', async () => {
    const { folder, order, become } = job();
    const token = become('mine');
    const file = join(folder, brokerFiles.idToken);
    // As what another has open on Windows.
    mkdirSync(file);
    const tokenFile = { audience, held: { value: token, expiresAt: 0 } };
    const plan: BrokerOrder = { ...order, endsAt: Date.now(), tokenFile, idTokens: true };
    const { handle, port, idTokenBearer } = await startBroker(plan, { script: scriptOf('entra-token') }, system);
    const answer = () => ask(port, idTokenPath, { authorization: `Bearer ${idTokenBearer}` });
    const tooLate = { status: 503, text: expect.stringContaining('keep-fresh-max') };
    expect(await answer()).toEqual(tooLate);
    rmdirSync(file);
    writeFileSync(file, token);
    await until(() => !existsSync(file));
    expect(await answer()).toEqual(tooLate);
    expect(await stopBroker(handle, system)).toMatchObject({ restarts: 0 });
  });
});
