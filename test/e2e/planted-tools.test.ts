import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { brokerIn, supervisorOf } from '../harness/broker-processes.ts';
import { filesBelow, textOf } from '../harness/files.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { sharedSetup } from '../harness/setup.ts';

/** Variables that have a program run other code, and a file that shows whether it did. */
function plant(): { readonly variables: Variables; readonly hasRun: () => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  const marker = join(folder, 'ran');
  const run = `echo >> ${marker}`;
  return {
    variables: {
      BASH_ENV: `$(${run})`,
      ENV: `$(${run})`,
      'BASH_FUNC_exec%%': `() { ${run}; builtin exec "$@"; }`,
      SHELLOPTS: 'xtrace',
      PS4: `$(${run})`,
      PYTHONPATH: folder,
      DOTNET_STARTUP_HOOKS: join(folder, 'hook.dll'),
    },
    hasRun: () => existsSync(marker),
  };
}

/** What has a tool send a token to a stranger. */
const misleading = {
  AZURE_CLI_DISABLE_CONNECTION_VERIFICATION: '1',
  ADAL_PYTHON_SSL_NO_VERIFY: '1',
  ARM_CLOUD_METADATA_URL: 'https://stranger.example.com/metadata',
};

/** Stand-ins that are scripts of bash, as the Azure CLI is. */
function pathOfBash(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  const standIn = join(root, 'test', 'harness', 'stand-in-tool.ts');
  for (const tool of ['az', 'pwsh']) {
    writeFileSync(join(folder, tool), `#!/bin/bash\nexec '${process.execPath}' '${standIn}' ${tool} "$@"\n`);
    chmodSync(join(folder, tool), 0o755);
  }
  return [folder, '/bin'].join(delimiter);
}

const to = (cloud: string) => mainJourneys.filter((journey) => journey.cloud === cloud);
const environmentOf = (pid: number) =>
  Object.fromEntries(
    textOf(`/proc/${pid}/environ`)
      .split('\0')
      .map((one) => [one.split('=')[0], one]),
  );

describe.each(to('Entra'))('$title', (journey) => {
  it.concurrent('tools that it logs in and out run nothing that an earlier step planted, and are sent to no stranger', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { variables, hasRun } = plant();
    const step = journey.start(emulator, {
      inputs: {
        ...input(journey, 'export', 'azure-cli, azure-powershell'),
        ...input(journey, 'allow-no-subscriptions', 'true'),
      },
      environment: { ...variables, ...misleading, PATH: pathOfBash() },
    });
    const run = await step.run();
    expect(run.error).toBeUndefined();
    await step.cleanUp();
    expect(hasRun()).toBe(false);
    const calls = readFileSync(join(step.home, 'calls.jsonl'), 'utf8').trim().split('\n');
    const programs = calls.map((line) => JSON.parse(line) as { program: string; args: string[]; environment: object });
    expect(programs.map(({ program, args }) => `${program} ${args[0]}`)).toEqual(
      expect.arrayContaining(['az login', 'pwsh -NoProfile', 'az logout']),
    );
    const planted = Object.keys({ ...variables, ...misleading });
    for (const { environment } of programs)
      expect(Object.keys(environment).filter((name) => planted.includes(name))).toEqual([]);
    // Said once, before the token is sent there.
    expect(run.visible.match(/AZURE_CLI_DISABLE_CONNECTION_VERIFICATION is set in this job/g)).toHaveLength(1);
  });
});

describe.each(mainJourneys)('$title', (journey) => {
  it.concurrent('says that a variable has others accept any certificate, and says nothing of one that does not', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    for (const [value, times] of [
      ['0', 1],
      ['1', 0],
    ] as const) {
      const step = journey.start(emulator, { environment: { NODE_TLS_REJECT_UNAUTHORIZED: value } });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      const said = run.visible.split('\n').filter((line) => line.includes('NODE_TLS_REJECT_UNAUTHORIZED=0 is set'));
      expect(said).toHaveLength(times);
    }
  });
});

describe.each(to('AWS'))('$title', (journey) => {
  it.runIf(process.platform === 'linux').concurrent(
    'a server that keeps credentials fresh, its supervisor, and what a profile runs have nothing that was planted',
    async () => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const { variables, hasRun } = plant();
      const script = join(mkdtempSync(join(tmpdir(), 'planted-')), 'planted.cjs');
      writeFileSync(
        script,
        `require('node:fs').appendFileSync(${JSON.stringify(`${script}.ran`)}, process.argv[1] + '\\n');`,
      );
      // For later steps: in that of our own step it has run before the step's first line, which nobody can keep it from.
      const planted = { ...variables, NODE_OPTIONS: `--require=${script}` };
      const step = journey.start(emulator, {
        inputs: { ...input(journey, 'keep-fresh', 'true'), ...input(journey, 'aws-profile', 'ci') },
        environment: planted,
      });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      const broker = await brokerIn(step.tempDirectory);
      for (const pid of [broker, supervisorOf(broker)])
        expect(Object.keys(environmentOf(pid)).filter((name) => name in planted)).toEqual([]);
      const [credentials = ''] = filesBelow(step.home).filter((file) => file.endsWith('.aws/credentials'));
      const [, command = ''] =
        /^credential_process = \/bin\/sh (.*)$/m.exec(textOf(join(step.home, credentials))) ?? [];
      expect(command).not.toBe('');
      const before = textOf(`${script}.ran`);
      const env = { ...machineEnvironment(step.home), ...planted };
      const printed = await promisify(execFile)('/bin/sh', ['-c', `/bin/sh ${command}`], { env });
      expect(JSON.parse(printed.stdout)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
      expect(textOf(`${script}.ran`)).toBe(before);
      expect(hasRun()).toBe(false);
      const done = await step.cleanUp();
      expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' });
    },
  );
});
