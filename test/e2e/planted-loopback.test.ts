import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { answering } from '../harness/answering.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { unsignedToken } from '../harness/tokens.ts';

/** As both platforms' own tokens of a job look. */
const jobToken = `eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.${'e30'.repeat(40)}.c2ln-_${'x'.repeat(300)}`;
const hosts = ['127.0.0.1', 'localhost', '127.9.9.9', '[::1]'];

describe.each(mainJourneys as readonly Journey[])(
  '$title, beside a listener that an earlier step has put on loopback',
  (journey) => {
    it.concurrent.each(hosts)("the job's token does not go to %s", async (host) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      await using listener = await answering(() => ({ status: 200, body: { value: 'x', oidcToken: 'x' } }));
      const planted = `${listener.url.replace('127.0.0.1', host)}/token?x=1`;
      const environment =
        journey.platform === 'GitHub Actions'
          ? { ACTIONS_ID_TOKEN_REQUEST_URL: planted, ACTIONS_ID_TOKEN_REQUEST_TOKEN: jobToken }
          : {
              SYSTEM_OIDCREQUESTURI: planted,
              ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({
                parameters: { AccessToken: jobToken },
                scheme: 'OAuth',
              }),
              ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: jobToken,
            };
      const run = await journey.start(emulator, { environment }).run();
      expect(run.error).toMatch(/^The endpoint of ID tokens is on this machine, .*\[ENDPOINT_NOT_ALLOWED\]/);
      expect(listener.asked).toEqual([]);
      expect(`${run.visible}${run.error}`).not.toContain(jobToken);
    });
  },
);

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'Entra'))('$title, in a pod', (journey) => {
  const claims = { sub: 'system:serviceaccount:agents:azp', aud: 'api://AzureADTokenExchange', exp: 4_102_444_800 };

  it.concurrent.each(hosts)("AZURE_AUTHORITY_HOST does not lead a cluster's token to %s", async (host) => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    await using listener = await answering(() => ({ status: 400, body: { error: 'invalid_client' } }));
    const file = join(mkdtempSync(join(tmpdir(), 'pod-')), 'token');
    writeFileSync(file, unsignedToken({ ...claims, iss: 'https://eastus.oic.prod-aks.azure.com/x/y/' }));
    const planted = listener.url.replace('127.0.0.1', host);
    const environment = {
      AZURE_AUTHORITY_HOST: planted,
      AZURE_FEDERATED_TOKEN_FILE: file,
      AZURE_CLIENT_ID: ids.app,
      AZURE_TENANT_ID: ids.tenant,
    };
    const inputs = { ...input(journey, 'authority-host', ''), identity: 'kubernetes' };
    const run = await journey.start(emulator, { inputs, environment }).run();
    expect(run.error).toMatch(/^AZURE_AUTHORITY_HOST names .*, on this machine\. \[ENDPOINT_NOT_ALLOWED\]/);
    expect(listener.asked).toEqual([]);
    // The user may name it.
    const named = { ...inputs, ...input(journey, 'authority-host', listener.url) };
    await journey.start(emulator, { inputs: named, environment }).run();
    expect(listener.asked).not.toEqual([]);
  });
});
