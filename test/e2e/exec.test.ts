/**
 * Tests as well:
 * - packages/azure-pipelines/src/find-connection.ts
 * - packages/azure-pipelines/src/platform-address.ts
 * - packages/cli/src/commands/exec.ts
 * - packages/cli/src/commands/id-token.ts
 * - packages/cli/src/role-credentials.ts
 * - packages/cli/src/run-command.ts
 * - packages/cli/src/service-connection.ts
 * - packages/cli/src/shells.ts
 * - packages/emulator/src/azure-devops/rest/service-endpoints.ts
 * - packages/emulator/src/azure-devops/service-endpoints.ts
 * - packages/steps/src/one-command.ts
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTerminals, runAtTerminal } from '../harness/at-terminal.ts';
import { runCommand, startCommand } from '../harness/cli.ts';
import type { Variables } from '../harness/process.ts';
import { ids, pipelineJob, pod, region, role, sharedSetup, subjects } from '../harness/setup.ts';
import { unsignedToken } from '../harness/tokens.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
});
afterAll(() => emulator.close());

/** A script of a pipeline, whose job refers to these connections, and which maps the job's own token. */
function script(connections: readonly string[] = ['azure']): Variables {
  const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections });
  return {
    ...environment,
    SYSTEM_ACCESSTOKEN: environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN ?? '',
  };
}
/** As a script has it: without the variables of tasks. */
const withoutEndpoints = (variables: Variables) =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('ENDPOINT_')));

const run = (args: readonly string[], environment: Variables) =>
  runCommand(args, environment, mkdtempSync(join(tmpdir(), 'exec-')));
const printEnvironment = [process.execPath, '-e', 'console.log(JSON.stringify(process.env))'];

/** Runs a command that prints its environment. */
async function environmentOf(args: readonly string[], environment: Variables): Promise<Record<string, string>> {
  const { exitCode, stdout, stderr } = await run(['exec', ...args, '--', ...printEnvironment], environment);
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('a service connection', () => {
  const token = ['token', '--resource', 'azure-devops'];
  const entra = () => ['--authority-host', emulator.urls.entra];

  it('is named by its name, which says the client and the tenant too', async () => {
    const args = [...token, ...entra(), '--json', '--service-connection', 'Azure'];
    const { exitCode, stdout, stderr } = await run(args, withoutEndpoints(script()));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const { appid } = decodeJwt(JSON.parse(stdout).accessToken);
    expect(appid).toBe(ids.app);
  });

  it('is the only one of the job, by the variables of tasks', async () => {
    const mark = emulator.requests.length;
    const { exitCode } = await run([...token, ...entra(), '--service-connection', 'auto'], script());
    expect(exitCode).toBe(0);
    expect(emulator.requests.slice(mark).map(({ path }) => path)).not.toContainEqual(
      expect.stringMatching(/serviceendpoint/),
    );
  });

  it.each([
    ['one that there is not', 'azur', script, 1, '[CONNECTION_MISSING]'],
    [
      'several, where the only one is meant',
      'auto',
      () => script(['azure', 'azure-old']),
      2,
      'several service connections',
    ],
    ['none, where the only one is meant', 'auto', () => withoutEndpoints(script()), 2, 'No variable here names'],
    [
      'a name, without the token of the job',
      'azure',
      () => ({ ...script(), SYSTEM_ACCESSTOKEN: '' }),
      1,
      'SYSTEM_ACCESSTOKEN: $(System.AccessToken)',
    ],
    [
      'a name, where a variable leads elsewhere',
      'azure',
      () => ({ ...script(), SYSTEM_COLLECTIONURI: 'https://example.com/contoso/' }),
      2,
      'which is not Azure DevOps',
    ],
    [
      'a name of another project',
      'azure',
      () => ({ ...script(), SYSTEM_TEAMPROJECTID: ids.subscription }),
      1,
      'does not tell this job',
    ],
  ])('is denied: %s', async (_what, name, environment, code, said) => {
    const args = [
      ...token,
      ...entra(),
      '--client-id',
      ids.app,
      '--tenant-id',
      ids.tenant,
      '--service-connection',
      name,
    ];
    const { exitCode, stdout, stderr } = await run(args, environment());
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('fedbridge id-token', () => {
  it('prints a new one each time, for whom the connection is', async () => {
    const args = ['id-token', '--service-connection', 'azure', '--format', 'json'];
    const environment = withoutEndpoints(script());
    const [first, second] = await Promise.all([run(args, environment), run(args, environment)]);
    const answer = JSON.parse(first.stdout);
    expect(answer).toMatchObject({
      ...{ subject: subjects.newConnection, clientId: ids.app, tenantId: ids.tenant },
      serviceConnectionId: ids.newConnection,
    });
    expect(JSON.parse(second.stdout).idToken).not.toBe(answer.idToken);
  });

  it('gives a script of bash the token, the client and the tenant', async () => {
    const args = ['id-token', '--service-connection', 'azure', '--format', 'bash'];
    const { stdout } = await run(args, withoutEndpoints(script()));
    const printed = execFileSync(
      'sh',
      ['-c', `${stdout}\nprintf '%s %s %s' "$idToken" "$servicePrincipalId" "$tenantId"`],
      {
        encoding: 'utf8',
      },
    );
    const [idToken = '', ...others] = printed.split(' ');
    expect([decodeJwt(idToken).sub, ...others]).toEqual([subjects.newConnection, ids.app, ids.tenant]);
  });

  it('is for the audience of a cloud, or the one that is named', async () => {
    const { environment } = emulator.startGitHubJob();
    const audience = async (...args: string[]) => decodeJwt((await run(['id-token', ...args], environment)).stdout).aud;
    expect(await audience('--cloud', 'entra')).toBe('api://AzureADTokenExchange');
    expect(await audience('--audience', 'https://vault.example.com')).toBe('https://vault.example.com');
  });

  it('is none outside of a job', async () => {
    const { exitCode, stdout, stderr } = await run(['id-token'], {});
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('does not run in a job');
  });
});

describe('fedbridge exec', () => {
  const aws = () => ['--role-to-assume', role, '--aws-region', region, '--sts-endpoint', emulator.urls.sts];

  it('gives one command credentials of a role, and nothing that tools would take before', async () => {
    const shadows = {
      AWS_PROFILE: 'other',
      AWS_SECURITY_TOKEN: 'x',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/x',
      AWS_ACCESS_KEY: 'x',
    };
    const environment = await environmentOf(aws(), {
      ...emulator.startGitHubJob().environment,
      ...shadows,
      OWN: 'kept',
    });
    expect(environment).toMatchObject({ AWS_REGION: region, AWS_DEFAULT_REGION: region, OWN: 'kept' });
    expect(emulator.secrets()).toContain(environment.AWS_SECRET_ACCESS_KEY);
    expect(emulator.secrets()).toContain(environment.AWS_SESSION_TOKEN);
    expect(Object.keys(environment).filter((name) => name in shadows)).toEqual([]);
    expect(environment).not.toHaveProperty('ARM_CLIENT_ID');
  });

  it('gives Terraform and the SDKs of Azure the identity of a connection', async () => {
    const shadows = { ARM_CLIENT_SECRET: 'x', AZURE_CLIENT_SECRET: 'x' };
    const environment = await environmentOf(['--service-connection', 'azure'], {
      ...withoutEndpoints(script()),
      ...shadows,
    });
    expect(environment).toMatchObject({
      ...{
        ARM_CLIENT_ID: ids.app,
        ARM_TENANT_ID: ids.tenant,
        ARM_SUBSCRIPTION_ID: ids.subscription,
        ARM_USE_OIDC: 'true',
      },
      ...{ ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: ids.newConnection, AZURE_CLIENT_ID: ids.app },
      ...{ AZURE_TENANT_ID: ids.tenant, servicePrincipalId: ids.app, tenantId: ids.tenant },
    });
    expect(decodeJwt(environment.idToken ?? '').sub).toBe(subjects.newConnection);
    expect(Object.keys(environment).filter((name) => name in shadows)).toEqual([]);
  });

  it('has the ID token in a file that is there for the command alone', async () => {
    const temp = mkdtempSync(join(tmpdir(), 'exec-temp-'));
    const read =
      'const {readFileSync, statSync} = require("node:fs"); const file = process.env.AZURE_FEDERATED_TOKEN_FILE; console.log(JSON.stringify({file, mode: (statSync(file).mode & 0o777).toString(8), token: readFileSync(file, "utf8")}))';
    const { stdout } = await run(['exec', '--service-connection', 'azure', '--', process.execPath, '-e', read], {
      ...withoutEndpoints(script()),
      TMPDIR: temp,
    });
    const { file, mode, token } = JSON.parse(stdout);
    expect([mode, decodeJwt(token).sub]).toEqual(['600', subjects.newConnection]);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(temp)).toEqual([]);
  });

  it('renews the ID token in the file while the command runs, for this user alone', async () => {
    const temp = mkdtempSync(join(tmpdir(), 'exec-temp-'));
    // Ends once another token is there.
    const watch = `
      const { readFileSync, statSync } = require('node:fs');
      const file = process.env.AZURE_FEDERATED_TOKEN_FILE;
      const first = readFileSync(file, 'utf8');
      setInterval(() => {
        const token = readFileSync(file, 'utf8');
        if (token === first) return;
        console.log(JSON.stringify({ first, token, mode: (statSync(file).mode & 0o777).toString(8) }));
        process.exit();
      }, 50);`;
    const { environment } = emulator.startGitHubJob({ lifetimeSeconds: 8 });
    const args = ['exec', '--client-id', ids.app, '--tenant-id', ids.tenant, '--', process.execPath, '-e', watch];
    const { exitCode, stdout, stderr } = await run(args, { ...environment, TMPDIR: temp });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining('not renewed') });
    const { first, token, mode } = JSON.parse(stdout);
    expect([decodeJwt(token).sub, mode]).toEqual([decodeJwt(first).sub, '600']);
    expect(Number(decodeJwt(token).exp)).toBeGreaterThan(Number(decodeJwt(first).exp));
    expect(readdirSync(temp)).toEqual([]);
  });

  it('ends with its command, though a renewal has no answer yet', async () => {
    const token = unsignedToken({
      ...{ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:contoso/app:ref:refs/heads/main' },
      ...{ aud: 'api://AzureADTokenExchange', exp: Date.now() / 1000 + 5 },
    });
    let asked = 0;
    // The command ends while the second request waits.
    const server = createServer((_request, response) => {
      asked += 1;
      if (asked === 1) response.end(JSON.stringify({ value: token }));
      else child.stdin?.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const temp = mkdtempSync(join(tmpdir(), 'exec-temp-'));
    const environment = {
      ...emulator.startGitHubJob().environment,
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?a=b`,
      TMPDIR: temp,
    };
    const read = [process.execPath, '-e', 'process.stdin.resume()'];
    const args = ['exec', '--client-id', ids.app, '--tenant-id', ids.tenant, '--', ...read];
    const { child, ended } = startCommand(args, environment, temp);
    expect(await ended).toEqual({ exitCode: 0, stdout: '', stderr: expect.not.stringMatching(/renewed|again/) });
    expect([asked, readdirSync(temp)]).toEqual([2, []]);
    server.closeAllConnections();
    server.close();
  });

  it('makes no folder where there is nothing to put into it, and none where the token is denied', async () => {
    // A folder that is not there: whoever makes one in it fails.
    const environment = { ...emulator.startGitHubJob().environment, TMPDIR: '/nowhere/at-all' };
    const list = [process.execPath, '-e', '0'];
    expect(await run(['exec', ...aws(), '--', ...list], environment)).toMatchObject({ exitCode: 0 });
    const entra = ['--client-id', ids.app, '--tenant-id', ids.tenant, '--require-claim', 'ref=refs/heads/other'];
    const denied = await run(['exec', ...entra, '--', ...list], environment);
    expect(denied).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('[ID_TOKEN_CLAIM]') });
  });

  it.skipIf(!hasTerminals)('hands Ctrl+C to the command once (skipped: no "script")', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exec-'));
    const command = join(folder, 'command.js');
    // Whoever gets a second one ends at once, as Terraform does.
    const counts = `
      let count = 0;
      process.on('SIGINT', () => {
        count += 1;
        if (count === 1) setTimeout(() => { console.log('interrupts: ' + count); process.exit(7); }, 500);
      });
      setInterval(() => {}, 1000);
      console.log('ready');`;
    writeFileSync(command, counts);
    const { environment } = emulator.startGitHubJob();
    const args = ['exec', ...aws(), '--', process.execPath, command];
    const { exitCode, terminal } = await runAtTerminal(args, ['stdin', 'stdout', 'stderr'], folder, environment, [
      ['ready', '\x03'],
    ]);
    expect(terminal).toContain('interrupts: 1');
    expect(exitCode).toBe(7);
  });

  it('gives both clouds, each its own', async () => {
    const args = [...aws(), '--cloud', 'both', '--client-id', ids.app, '--tenant-id', ids.tenant];
    const environment = await environmentOf(args, emulator.startGitHubJob().environment);
    expect(environment).toMatchObject({ ARM_CLIENT_ID: ids.app, AWS_REGION: region });
    expect(decodeJwt(environment.idToken ?? '').aud).toBe('api://AzureADTokenExchange');
  });

  it("leaves a pod's token in its own file, and a machine its own identity", async () => {
    const started = await emulator.startPod({ ...pod, azure: { clientId: ids.app, tenantId: ids.tenant } });
    const inPod = await environmentOf([], started.environment);
    expect(inPod.AZURE_FEDERATED_TOKEN_FILE).toBe(started.environment.AZURE_FEDERATED_TOKEN_FILE);
    const machine = await emulator.startMachine({ systemAssigned: ids.machine });
    const onMachine = await environmentOf(['--identity', 'managed-identity'], machine.environment);
    expect(onMachine).toMatchObject({ ARM_USE_MSI: 'true', ARM_USE_OIDC: 'false' });
    expect(onMachine).not.toHaveProperty('idToken');
  });

  it('shows no secret, in its own output or in the arguments of a command', async () => {
    const { stdout, stderr } = await run(
      ['exec', ...aws(), '--', process.execPath, '-e', 'console.log(process.argv.join())'],
      emulator.startGitHubJob().environment,
    );
    for (const secret of emulator.secrets()) expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  it.each([
    ['its own exit code', [process.execPath, '-e', 'process.exit(7)'], 7],
    [
      'a signal as shells do',
      [process.execPath, '-e', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1e6)'],
      143,
    ],
    ['a command that is not there', ['no-such-command'], 127],
  ])('ends with %s', async (_what, command, exitCode) => {
    expect(await run(['exec', ...aws(), '--', ...command], emulator.startGitHubJob().environment)).toMatchObject({
      exitCode,
    });
  });

  it('passes a signal on to the command, and ends as that does', async () => {
    const wait = 'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")';
    const folder = mkdtempSync(join(tmpdir(), 'exec-'));
    const job = emulator.startGitHubJob().environment;
    const { child, says, ended } = startCommand(['exec', ...aws(), '--', process.execPath, '-e', wait], job, folder);
    await says('ready');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ exitCode: 5 });
  });

  it.each([
    ['a role that denies this job', () => [...aws(), '--require-claim', 'ref=refs/heads/other'], 1, '[ID_TOKEN_CLAIM]'],
    ['a role without a region', () => ['--role-to-assume', role], 2, '--aws-region is required'],
    ['nothing that says the application', () => [], 2, '--client-id is required'],
    [
      'an audience for both clouds',
      () => [...aws(), '--cloud', 'both', '--audience', 'x'],
      2,
      '--audience does not go with',
    ],
  ])('runs nothing with %s', async (_what, args, code, said) => {
    const folder = mkdtempSync(join(tmpdir(), 'exec-'));
    const write = [process.execPath, '-e', 'require("node:fs").writeFileSync("ran", "")'];
    const { environment } = emulator.startGitHubJob();
    const { exitCode, stderr } = await runCommand(['exec', ...args(), '--', ...write], environment, folder);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(said);
    expect(readdirSync(folder)).not.toContain('ran');
  });
});
