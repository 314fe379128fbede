import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SuiteIssuers } from '@fedbridge/conformance';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../harness/findings.ts';
import { machineEnvironment } from '../harness/process.ts';
import { freePorts, isThere, ServerProcess } from '../harness/server-process.ts';
import { tryCases } from '../harness/try-cases.ts';
import { build, pathOf } from './programs.ts';

const missing = await build('fulcio');

/** Written by Fulcio, with `-u`; docs/conformance-suite.md tells of it. */
const findings = './findings/fulcio.txt';

describe.skipIf(missing !== undefined)(`Fulcio${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('decides so of CI identities', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'real-'));
    const [port = 0, grpc = 0, metrics = 0] = await freePorts(3);
    await using issuers = await SuiteIssuers.start({ host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${port}`;
    const config = join(folder, 'config.json');
    const options = {
      ...{ ca: 'ephemeralca', 'ct-log-url': '', 'config-path': config, host: '127.0.0.1', port },
      ...{ 'grpc-port': grpc, 'metrics-port': metrics },
    };
    const args = ['serve', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
    await using open = new AsyncDisposableStack();
    const report = await tryCases('fulcio', issuers, {
      async setUp(configuration) {
        writeFileSync(config, JSON.stringify(configuration));
        const log = join(folder, 'log');
        const server = open.use(new ServerProcess(pathOf('fulcio'), args, machineEnvironment(folder), log));
        await server.until(() => isThere(`${url}/healthz`));
        return url;
      },
    });
    await expect(findingsOf(report)).toMatchFileSnapshot(findings);
  });
});
