import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases, profileOf, runCases, SuiteIssuers, setUpFor } from '@fedbridge/conformance';
import { HttpClient } from '@fedbridge/core';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { machineEnvironment } from '../harness/process.ts';
import { freePorts, isThere, ServerProcess } from '../harness/server-process.ts';
import { build, pathOf } from './programs.ts';

const missing = await build('fulcio');

/** Written by Fulcio, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/fulcio.txt';

describe.skipIf(missing !== undefined)(`Fulcio${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'real-'));
    const [port = 0, grpc = 0, metrics = 0] = await freePorts(3);
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
    const client = new HttpClient({});
    const connection = {
      server: `http://127.0.0.1:${port}`,
      secret: undefined,
      send: (request: Parameters<typeof client.send>[0]) => client.send(request),
    };
    const profile = await profileOf('fulcio');
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify(setUpFor({ profile, cases, issuers, connection })));
    const options = {
      ...{ ca: 'ephemeralca', 'ct-log-url': '', 'config-path': config, host: '127.0.0.1', port },
      ...{ 'grpc-port': grpc, 'metrics-port': metrics },
    };
    const args = ['serve', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
    await using server = new ServerProcess(pathOf('fulcio'), args, machineEnvironment(folder), join(folder, 'log'));
    await server.until(() => isThere(`${connection.server}/healthz`));
    const report = await runCases({ profile, cases, issuers, connection, now: Date.now, sleep: async () => {} });
    client.close();
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });
});
