/**
 * Tests as well:
 * - packages/cli/src/commands/emulator/config-file.ts
 * - packages/cli/src/commands/emulator/emulator.ts
 * - packages/cli/src/commands/emulator/env.ts
 * - packages/cli/src/commands/emulator/init.ts
 * - packages/cli/src/commands/emulator/job-folder.ts
 * - packages/cli/src/commands/emulator/ports.ts
 * - packages/cli/src/commands/emulator/run.ts
 * - packages/cli/src/commands/emulator/running-emulator.ts
 * - packages/cli/src/commands/emulator/serve.ts
 * - packages/cli/src/commands/emulator/workbench.ts
 * - packages/emulator/src/config/clouds.ts
 * - packages/emulator/src/config/starter.ts
 * - packages/emulator/src/config/emulator-config.ts
 * - packages/emulator/src/config/jobs.ts
 * - packages/emulator/src/config/shape.ts
 * - packages/emulator/src/config/start-job.ts
 * - packages/trust-files/src/yaml-documents.ts
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cliScript, runCommand, startCommand } from '../harness/cli.ts';
import { allPorts, azureConnection, emulatorFolder, startEmulatorCommand } from '../harness/emulator-command.ts';
import { root, type Variables } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

const node = process.execPath;
const role = 'arn:aws:iam::123456789012:role/deploy';
const fedbridge = [node, cliScript] as const;
const awsCredentials = ['aws-credentials', '--role-to-assume', role, '--aws-region', 'eu-central-1'];
const printEnvironment = [node, '-e', 'console.log(JSON.stringify(process.env))'];

const run = (folder: string, args: readonly string[], command: readonly string[], environment: Variables = {}) =>
  runCommand(['emulator', 'run', ...args, '--', ...command], environment, folder);

describe('run', () => {
  it('has the steps of a new user: allowed as the trust policy says, denied on another branch, fixed', async () => {
    const folder = await emulatorFolder();
    const allowed = await run(folder, ['--job', 'main'], [...fedbridge, ...awsCredentials]);
    expect(allowed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('AWS_SESSION_TOKEN') });
    const denied = await run(folder, ['--job', 'feature'], [...fedbridge, ...awsCredentials]);
    expect(denied).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('refs/heads/feature') });
    const file = join(folder, 'emulator.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/(:sub: repo:octo\/app:ref:refs\/heads\/)main/, '$1feature'),
    );
    expect(await run(folder, ['--job', 'feature'], [...fedbridge, ...awsCredentials])).toMatchObject({ exitCode: 0 });
  });

  it('leads a client to Entra by its own name', async () => {
    const folder = await emulatorFolder();
    const ask = ['token', '--client-id', ids.app, '--tenant-id', ids.tenant, '--resource', 'graph', '--json'];
    const { stdout, stderr } = await run(folder, ['--job', 'github'], [...fedbridge, ...ask]);
    expect(stderr).not.toContain('[');
    expect(JSON.parse(stdout)).toMatchObject({ resource: 'https://graph.microsoft.com' });
  });

  it.each([
    ['github', { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'octo/app', GITHUB_REF: 'refs/heads/main' }],
    ['azure-pipelines', { TF_BUILD: 'True', SYSTEM_TEAMPROJECT: 'web', AZURESUBSCRIPTION_CLIENT_ID: ids.app }],
    ['gitlab', { GITLAB_CI: 'true', CI_SERVER_URL: 'https://gitlab.com' }],
  ])('of %s has its variables, and none of another job or of who runs it', async (job, expected) => {
    const folder = await emulatorFolder(azureConnection);
    const foreign = {
      AWS_ACCESS_KEY_ID: 'AKIA',
      AZURE_CLIENT_SECRET: 'x',
      ACTIONS_RUNTIME_TOKEN: 'x',
      SYSTEM_OTHER: 'x',
    };
    const { stdout } = await run(folder, ['--job', job], printEnvironment, { ...foreign, OWN: 'kept' });
    const environment = JSON.parse(stdout) as Record<string, string>;
    expect(environment).toMatchObject({ ...expected, OWN: 'kept' });
    expect(Object.keys(environment).filter((name) => Object.hasOwn(foreign, name))).toEqual([]);
    for (const name of ['RUNNER_TEMP', 'AGENT_TEMPDIRECTORY', 'GITHUB_OUTPUT', 'NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE'])
      if (environment[name]) expect(existsSync(environment[name])).toBe(false);
  });

  it('gets an ID token of each platform', async () => {
    const folder = await emulatorFolder(azureConnection);
    const issuers = await Promise.all(
      ['github', 'azure-pipelines', 'gitlab'].map(async (job) => {
        const { stdout, stderr } = await run(folder, ['--job', job], [...fedbridge, 'inspect', '--from-job', '--json']);
        if (stdout === '') throw new Error(stderr);
        return (JSON.parse(stdout) as { issuer: string }).issuer;
      }),
    );
    expect(issuers).toEqual([
      'https://token.actions.githubusercontent.com',
      // Of the service connection that the stage refers to.
      `https://login.microsoftonline.com/${ids.tenant}/v2.0`,
      'https://gitlab.com',
    ]);
  });

  it('is another job where it is told so', async () => {
    const folder = await emulatorFolder();
    const set = ['environment=production', 'immutableSubject=true', 'lifetimeSeconds=90', 'claims.actor=eve'];
    const args = ['--job', 'main', ...set.flatMap((one) => ['--set', one])];
    const { stdout } = await run(folder, args, [...fedbridge, 'inspect', '--from-job', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'repo:octo@65001/app@724113:environment:production' });
  });

  it.each([
    [
      'a job that there is not',
      ['--job', 'mian'],
      'There is no job "mian": main, feature, github, azure-pipelines, gitlab, aws-administrator.',
    ],
    ['a part that a job has not', ['--job', 'main', '--set', 'brunch=x'], 'has no member "brunch"'],
    ['a ref that is not whole', ['--job', 'main', '--set', 'ref=main'], '"main" is not a full ref'],
    ['a number that is none', ['--job', 'main', '--set', 'lifetimeSeconds=soon'], 'must be a whole number'],
    ['no name', ['--job', 'main', '--set', 'ref'], 'expected name=value'],
    ['no organization', ['--job', 'azure-pipelines'], 'needs an organization with a project and a pipeline'],
  ])('denies %s', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await run(await emulatorFolder(), args, printEnvironment);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it.each([
    ['its own exit code', [node, '-e', 'process.exit(7)'], 7],
    ['a signal as shells do', [node, '-e', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1e6)'], 143],
    ['a command that is not there', ['no-such-command'], 127],
  ])('ends with %s', async (_what, command, exitCode) => {
    expect(await run(await emulatorFolder(), ['--job', 'main'], command)).toMatchObject({ exitCode });
  });

  it('passes a signal on to the command, and ends as that does', async () => {
    const script = 'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")';
    const folder = await emulatorFolder();
    const { child, says, ended } = startCommand(
      ['emulator', 'run', '--job', 'main', '--', node, '-e', script],
      {},
      folder,
    );
    await says('ready');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ exitCode: 5 });
  });
});

describe('a configuration', () => {
  const failed = async (text: string) => {
    const folder = await emulatorFolder();
    writeFileSync(join(folder, 'emulator.yaml'), text);
    return run(folder, ['--job', 'github'], printEnvironment);
  };

  it.each([
    [
      'a misspelled member',
      'acounts: []',
      'emulator.yaml:1:1: The configuration has no member "acounts"',
      'Did you mean "accounts"?',
    ],
    [
      'an account without quotes',
      'accounts:\n  - id: 123456789012',
      ':2:5: "id" is a number, and must be a text',
      '"123456789012"',
    ],
    [
      'an issuer without its scheme',
      'issuers:\n  gitLab: gitlab.example.com',
      ':2:3: "gitlab.example.com" is not a URL',
      'https://gitlab.example.com',
    ],
    [
      'a member that is missing',
      'accounts:\n  - id: "123456789012"\n    roles: []',
      ':2:5: Item 1 of accounts has no oidcProviders',
      '',
    ],
    ['a member twice', 'jobs: {}\njobs: {}', ':2:1: "jobs" stands here a second time', ''],
    ['what is no YAML', 'a: [', 'emulator.yaml:1:', ''],
    ['a job of two platforms', 'jobs: { a: { github: {}, gitlab: {} } }', 'exactly one of github', ''],
    ['a job with the name of a platform', 'jobs: { github: { gitlab: {} } }', 'is the name of a platform', ''],
    ['a port that is none', 'ports: { sts: 70000 }', '"sts" is 70000, and must be 0 to 65535', ''],
    [
      'a trust policy that IAM rejects',
      'accounts: [{ id: "123456789012", oidcProviders: [], roles: [{ name: r, trustPolicy: { Version: "2012-10-17", Statement: [{}] } }] }]',
      'MalformedPolicyDocument',
      '',
    ],
    [
      'a file that is not there',
      'accounts: [{ id: "123456789012", oidcProviders: [], roles: [{ name: r, trustPolicy: none.json }] }]',
      'none.json cannot be read: ENOENT',
      '',
    ],
  ])('says where it has %s', async (_what, text, where, hint) => {
    const { exitCode, stderr } = await failed(text);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(where);
    expect(stderr).toContain(hint);
  });

  it.each([
    [
      'the tools of the clouds print them',
      (policy: object) => ({ Role: { AssumeRolePolicyDocument: policy } }),
      'list',
    ],
    ['fedbridge trust prints them', (policy: object) => ({ provider: {}, trustPolicy: policy }), 'one'],
  ])('takes trust policies and federated credentials from files, as %s', async (_who, printed, count) => {
    const folder = await emulatorFolder();
    const file = join(folder, 'emulator.yaml');
    const { accounts, tenants } = parse(readFileSync(file, 'utf8'));
    const [{ trustPolicy }] = accounts[0].roles;
    const { federatedCredentials } = tenants[0].applications[0];
    writeFileSync(join(folder, 'role.json'), JSON.stringify(printed(trustPolicy)));
    const list = federatedCredentials.map((one: object) => ({ id: 'x', ...one }));
    writeFileSync(join(folder, 'credentials.json'), JSON.stringify(count === 'list' ? list : federatedCredentials[0]));
    accounts[0].roles[0].trustPolicy = 'role.json';
    tenants[0].applications[0].federatedCredentials = 'credentials.json';
    writeFileSync(file, JSON.stringify({ accounts, tenants }));
    const ask = ['token', '--client-id', ids.app, '--tenant-id', ids.tenant];
    expect(await run(folder, ['--job', 'github'], [...fedbridge, ...ask])).toMatchObject({ exitCode: 0 });
    expect(await run(folder, ['--job', 'github'], [...fedbridge, ...awsCredentials])).toMatchObject({ exitCode: 0 });
  });

  it('has a schema, which is the published one, and says of a configuration what the command does', async () => {
    const folder = await emulatorFolder();
    const { stdout } = await runCommand(['emulator', 'schema'], {}, folder);
    const schema = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(join(root, 'docs', 'emulator.schema.json'), 'utf8'))).toEqual(schema);
    expect(JSON.parse(readFileSync(join(folder, 'emulator.schema.json'), 'utf8'))).toEqual(schema);
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(parse(readFileSync(join(folder, 'emulator.yaml'), 'utf8')))).toBe(true);
    for (const wrong of [
      'acounts: []',
      'ports: { sts: 70000 }',
      'jobs: { a: {} }',
      'issuers: { gitLab: x }',
      'accounts: [{}]',
    ])
      expect(validate(parse(wrong)), wrong).toBe(false);
  });

  it('is not written over', async () => {
    const folder = await emulatorFolder('# mine');
    expect(await runCommand(['emulator', 'init'], {}, folder)).toMatchObject({ exitCode: 2 });
    expect(readFileSync(join(folder, 'emulator.yaml'), 'utf8')).toContain('# mine');
  });
});

describe('an emulator that runs', () => {
  const shells = (['bash', 'fish', 'powershell', 'json'] as const).map((shell) => [shell] as const);

  it('is the one that run and env use, on the ports of the configuration', async () => {
    const folder = await emulatorFolder(await allPorts());
    await using started = await startEmulatorCommand(folder);
    const { stdout } = await run(folder, ['--job', 'main'], printEnvironment);
    expect(JSON.parse(stdout)).toMatchObject({
      AWS_ENDPOINT_URL_STS: started.urls.sts,
      https_proxy: started.urls.Proxy,
    });
    const printed = await Promise.all(
      shells.map(([shell]) => runCommand(['emulator', 'env', '--job', 'main', '--shell', shell], {}, folder)),
    );
    for (const { stdout: text } of printed) expect(text).toContain(`${started.urls.sts}`);
    const [bash = '', , , json = ''] = printed.map((one) => one.stdout);
    const script = `${bash}\nexec "$0" -e 'console.log(process.env.GITHUB_REPOSITORY, process.env.ACTIONS_ID_TOKEN_REQUEST_URL)'`;
    const [repository, url] = execFileSync('bash', ['-c', script, node], { encoding: 'utf8' }).trim().split(' ');
    expect([repository, new URL(url ?? '').origin]).toEqual(['octo/app', started.urls.github]);
    const { AWS_CA_BUNDLE = '', RUNNER_TEMP = '' } = JSON.parse(json) as Record<string, string>;
    expect([existsSync(AWS_CA_BUNDLE), existsSync(RUNNER_TEMP)]).toEqual([true, true]);
  });

  it('env says that none runs', async () => {
    const folder = await emulatorFolder(await allPorts());
    const { exitCode, stderr } = await runCommand(['emulator', 'env', '--job', 'main'], {}, folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('No emulator runs with') });
  });

  it('reads its configuration and the files of it again; one that is wrong changes nothing, and is reported', async () => {
    const folder = await emulatorFolder(await allPorts());
    const file = join(folder, 'emulator.yaml');
    const good = readFileSync(file, 'utf8');
    await using started = await startEmulatorCommand(folder);
    const assume = () => run(folder, ['--job', 'main'], [...fedbridge, ...awsCredentials]);
    writeFileSync(file, good.replace('ref:refs/heads/main\n', 'ref:refs/heads/release\n'));
    await started.command.says('emulator.yaml was read again.');
    expect(await assume()).toMatchObject({ exitCode: 1 });
    writeFileSync(file, good.replace('accounts:', 'acounts:'));
    await started.command.says('was not taken, and what it said before stays.');
    await started.command.says('Did you mean "accounts"?');
    writeFileSync(file, good);
    await expect.poll(async () => (await assume()).exitCode).toBe(0);
  });

  it('keeps keys and credentials in its state folder', async () => {
    const folder = await emulatorFolder(`${await allPorts()}state: state\n`);
    const keysOf = async (url = '') => (await fetch(`${url}/.well-known/jwks`)).text();
    const first = await startEmulatorCommand(folder);
    const keys = await keysOf(first.urls.github);
    const { stdout } = await run(folder, ['--job', 'main'], printEnvironment);
    const job = JSON.parse(stdout) as Record<string, string>;
    await first[Symbol.asyncDispose]();
    await using second = await startEmulatorCommand(folder);
    expect(await keysOf(second.urls.github)).toBe(keys);
    const answer = await fetch(job.ACTIONS_ID_TOKEN_REQUEST_URL ?? '', {
      headers: { authorization: `Bearer ${job.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
    });
    expect(answer.status).toBe(200);
  });

  it('says which port is taken', async () => {
    const folder = await emulatorFolder(await allPorts());
    await using _first = await startEmulatorCommand(folder);
    const { exitCode, stderr } = await runCommand(['emulator', 'start'], {}, folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/);
  });
});
