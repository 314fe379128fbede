/**
 * Tests as well:
 * - packages/cli/src/commands/doctor/doctor.ts
 * - packages/cli/src/commands/doctor/endpoints.ts
 * - packages/cli/src/commands/doctor/examine.ts
 * - packages/cli/src/commands/doctor/identity.ts
 * - packages/cli/src/commands/doctor/print.ts
 * - packages/cli/src/commands/doctor/report.ts
 * - packages/cli/src/commands/doctor/shadows.ts
 * - packages/cli/src/commands/doctor/tools.ts
 * - packages/steps/src/shadowing.ts
 * - packages/steps/src/aws/shadowing-variables.ts
 * - packages/steps/src/entra/shadowing-variables.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { shadowing } from '@fedbridge/steps/shadowing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { hasTerminals, runAtTerminal } from '../harness/at-terminal.ts';
import { cliScript, runCommand } from '../harness/cli.ts';
import { azureConnection, emulatorFolder } from '../harness/emulator-command.ts';
import { machineEnvironment, root, type Variables } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';

interface Printed {
  readonly here: { readonly platform: { readonly name: string } | null; readonly tools: readonly object[] };
  readonly identity: { readonly name: string; readonly serviceConnection?: string } | null;
  readonly presented: readonly { readonly cloud: string; readonly claims: Readonly<Record<string, unknown>> | null }[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly status: number | null;
    readonly proxy: string | null;
  }[];
  readonly findings: readonly {
    readonly severity: string;
    readonly about: string;
    readonly code: string | null;
    readonly message: string;
    readonly names: readonly string[];
    readonly fix: string;
  }[];
}

const schema = JSON.parse(readFileSync(join(root, 'docs', 'doctor.schema.json'), 'utf8')) as object;
const isReport = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

/** A report, which is as the schema says. */
function reportIn(stdout: string): Printed {
  const report: unknown = JSON.parse(stdout);
  if (!isReport(report)) throw new Error(JSON.stringify(isReport.errors));
  return report as Printed;
}

const folderOf = () => mkdtempSync(join(tmpdir(), 'doctor-'));
/** A path without the tools of clouds, which take their time. */
const bare = { PATH: folderOf() };
for (const name of ['env', 'sh'])
  symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bare.PATH, name));
/** Nothing answers on these ports, and nothing is asked of the network. */
const nowhere = ['--authority-host', 'http://127.0.0.1:9', '--sts-endpoint', 'http://127.0.0.1:9'];
const doctor = async (environment: Variables, home: string, args: readonly string[] = nowhere) => {
  const ended = await runCommand(['doctor', '--json', ...args], { ...bare, ...environment }, home);
  return { ...ended, report: reportIn(ended.stdout) };
};
const ofShadows = ({ findings }: Printed) => findings.filter(({ about }) => about === 'shadow');

/** In a job, as its runner or agent drives its scripts. @param unset - variables that the job has not */
async function inJob(
  job: string,
  args: readonly string[],
  unset: readonly string[] = [],
  configuration = azureConnection,
) {
  const folder = await emulatorFolder(configuration);
  const without = unset.flatMap((name) => ['-u', name]);
  const command = ['env', ...without, process.execPath, cliScript, 'doctor', ...args];
  return runCommand(['emulator', 'run', '--job', job, '--', ...command], bare, folder);
}

describe('in a job', () => {
  const region = ['--aws-region', 'eu-central-1'];

  it.each([
    ['github', 'https://token.actions.githubusercontent.com', ['sts.amazonaws.com', 'api://AzureADTokenExchange']],
    ['gitlab', 'https://gitlab.com', ['sts.amazonaws.com', 'api://AzureADTokenExchange']],
    [
      'azure-pipelines',
      `https://login.microsoftonline.com/${ids.tenant}/v2.0`,
      ['fb60f99c-7a34-4190-8149-302f77469936', 'fb60f99c-7a34-4190-8149-302f77469936'],
    ],
  ])('of %s it says what each cloud would be presented, and what answers', async (job, issuer, audiences) => {
    const { exitCode, stdout, stderr } = await inJob(job, ['--json', ...region]);
    const report = reportIn(stdout);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(report).toMatchObject({
      here: { platform: { name: job } },
      identity: { name: job },
      presented: [
        { cloud: 'aws', claims: { iss: issuer, aud: audiences[0] } },
        { cloud: 'entra', claims: { iss: issuer, aud: audiences[1] } },
      ],
      endpoints: [
        { name: 'STS', url: 'https://sts.eu-central-1.amazonaws.com/', status: 403 },
        { name: 'Entra', url: 'https://login.microsoftonline.com/', status: 200 },
        { name: 'issuer', url: expect.stringContaining(issuer), status: 200 },
      ],
    });
    for (const { proxy } of report.endpoints) expect(proxy).toMatch(/^127\.0\.0\.1:\d+ \(https_proxy\)$/);
    // No token, and no part of one.
    expect(stdout).not.toMatch(/eyJ[\w-]{10,}/);
    if (job === 'azure-pipelines') expect(report.identity?.serviceConnection).toBe(ids.newConnection);
  });

  it('is one screen, and says the same', async () => {
    const { exitCode, stdout } = await inJob('github', region);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(lines.slice(0, 1)).toEqual([expect.stringMatching(/^Here {7}fedbridge \d/)]);
    for (const part of [
      'a job of github, by GITHUB_ACTIONS',
      'Identity   github, which gives this job ID tokens',
      'subject   repo:octo/app:ref:refs/heads/main',
      'audience  sts.amazonaws.com (for AWS)',
      'audience  api://AzureADTokenExchange (for Entra)',
      'STS     answers (HTTP 403)',
    ])
      expect(stdout).toContain(part);
  });

  it('that may not ask for an ID token, it says what lets it', async () => {
    const { exitCode, stdout } = await inJob('github', ['--json'], ['ACTIONS_ID_TOKEN_REQUEST_URL']);
    const errors = reportIn(stdout).findings.filter(({ severity }) => severity === 'error');
    expect({ exitCode, errors }).toEqual({
      exitCode: 3,
      // Once, not for each cloud.
      errors: [
        expect.objectContaining({
          code: 'ID_TOKEN_UNAVAILABLE',
          message: 'This job may not ask GitHub for an ID token.',
          fix: expect.stringContaining('id-token: write'),
        }),
      ],
    });
  });

  it('that has a token for one cloud, the other is a note, and an error where it is named', async () => {
    const [both, named, other] = await Promise.all(
      [[], ['--cloud', 'entra'], ['--cloud', 'aws']].map((args) =>
        inJob('gitlab', ['--json', ...region, ...args], ['AZURE_ID_TOKEN']),
      ),
    );
    expect([both?.exitCode, named?.exitCode, other?.exitCode]).toEqual([0, 3, 0]);
    const about = (one: typeof both) =>
      reportIn(one?.stdout ?? '').findings.filter((each) => each.about === 'presented');
    expect(about(both)).toEqual([expect.objectContaining({ severity: 'note', code: 'ID_TOKEN_AUDIENCE' })]);
    expect(about(named)).toEqual([expect.objectContaining({ severity: 'error', code: 'ID_TOKEN_AUDIENCE' })]);
    expect(about(other)).toEqual([]);
    expect(reportIn(other?.stdout ?? '').endpoints.map(({ name }) => name)).toEqual(['STS', 'issuer']);
  });

  it('of Azure Pipelines without a service connection, nothing at Entra can allow it', async () => {
    const configuration = azureConnection.replace(/ {8}connections:\n.*\n/, '');
    const { exitCode, stdout } = await inJob('azure-pipelines', ['--json', '--cloud', 'entra'], [], configuration);
    expect(exitCode).toBe(3);
    expect(reportIn(stdout).findings).toContainEqual(
      expect.objectContaining({ severity: 'error', message: expect.stringContaining('without a service connection') }),
    );
  });

  it('whose claims are not those that are required, says so', async () => {
    const { exitCode, stdout } = await inJob('github', ['--json', '--require-claim', 'ref=refs/heads/other']);
    expect(exitCode).toBe(3);
    expect(reportIn(stdout).findings[0]).toMatchObject({ severity: 'error', code: 'ID_TOKEN_CLAIM' });
  });
});

describe('on a machine', () => {
  it('without any identity, it says where there is one, in its own words', async () => {
    const { exitCode, report, stdout } = await doctor({}, folderOf());
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ here: { platform: null }, identity: null });
    expect(report.findings[0]).toMatchObject({
      ...{ severity: 'error', about: 'identity', code: 'ID_TOKEN_UNAVAILABLE' },
      message: expect.stringContaining('no job of github, azure-pipelines, gitlab, no pod with a token file'),
      fix: expect.stringContaining('fedbridge emulator run --job github'),
    });
    expect(stdout).not.toMatch(/\binput\b|\bstep\b|\btask\b|::error/);
  });

  it('with a managed identity, nothing is presented, and its token is not shown', async () => {
    const emulator = await startEmulator({ setup: sharedSetup });
    const { environment } = await emulator.startMachine({ systemAssigned: ids.machine, form: 'app-service' });
    const { report, stdout, stderr } = await doctor(environment, folderOf());
    expect(report.identity).toMatchObject({ name: 'managed-identity' });
    expect(report.findings).toContainEqual(expect.objectContaining({ severity: 'note', about: 'presented' }));
    for (const secret of emulator.secrets()) expect(stdout + stderr).not.toContain(secret);
  });

  it('says what it cannot reach, and that a cloud has to reach an issuer itself', async () => {
    const { report } = await doctor({}, folderOf(), ['--cloud', 'aws', '--sts-endpoint', 'http://127.0.0.1:9']);
    expect(report.endpoints).toEqual([expect.objectContaining({ name: 'STS', status: null, proxy: null })]);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ severity: 'error', about: 'endpoint', code: 'HTTP_CONNECT' }),
    );
  });

  it('is not led elsewhere by a variable', async () => {
    const { exitCode, report } = await doctor({ AZURE_AUTHORITY_HOST: 'https://example.com' }, folderOf(), [
      ...['--cloud', 'entra'],
    ]);
    expect(exitCode).toBe(3);
    expect(report.endpoints).toEqual([]);
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' }));
  });

  it('says of a proxy that cannot be used whose variable it is, without a password', async () => {
    const environment = { https_proxy: 'http://joe:hunter2hunter2@127.0.0.1:9' };
    const { report, stdout, stderr } = await doctor(environment, folderOf(), ['--aws-region', 'eu-central-1']);
    expect(report.endpoints).toMatchObject([{ proxy: '127.0.0.1:9 (https_proxy)' }, { status: null }]);
    expect(report.findings).toContainEqual(expect.objectContaining({ about: 'endpoint', code: 'HTTP_PROXY' }));
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

describe('what shadows it', () => {
  const secret = 'a-value-of-a-secret-variable';
  const names = [
    ...[...shadowing.aws.keys, ...shadowing.aws.container, shadowing.aws.webIdentity, shadowing.aws.expiry],
    ...['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AZURE_TOKEN_CREDENTIALS', 'AZURE_CONFIG_DIR'],
    ...[...shadowing.azure.environmentCredential, ...shadowing.azure.otherMachines, ...shadowing.azure.terraform],
    ...['AZURE_FEDERATED_TOKEN_FILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CREDENTIALS'],
    'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
  ];

  it('are all variables that tools take before, by name and with a fix, without their values', async () => {
    const given = Object.fromEntries(names.map((name) => [name, secret]));
    const { report, stdout, stderr } = await doctor(given, folderOf(), [...nowhere, '--identity', 'managed-identity']);
    const told = ofShadows(report).flatMap((one) => one.names);
    expect([...told].sort()).toEqual([...new Set(names)].sort());
    for (const one of ofShadows(report)) {
      expect(one.message).toContain(one.names[0]);
      expect(one.fix).toContain(`unset ${one.names.join(' ')}`);
    }
    expect(stdout + stderr).not.toContain(secret);
  });

  it('is nothing where nothing is set, or a variable is empty', async () => {
    const { report } = await doctor(Object.fromEntries(names.map((name) => [name, ''])), folderOf());
    expect(ofShadows(report)).toEqual([]);
  });

  it('tells keys that live on from session credentials, and a pod from a stranger', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x' };
    const token = join(folderOf(), 'token');
    writeFileSync(token, 'x');
    const [lasting, session, pod] = await Promise.all([
      doctor(keys, folderOf()),
      doctor({ ...keys, AWS_SESSION_TOKEN: 'x' }, folderOf()),
      doctor({ AWS_WEB_IDENTITY_TOKEN_FILE: token }, folderOf()),
    ]);
    const severitiesOf = ({ report }: typeof lasting) => ofShadows(report).map(({ severity }) => severity);
    expect(severitiesOf(lasting)).toEqual(['warning']);
    expect(severitiesOf(session)).toEqual(['note']);
    expect(pod.report.identity).toMatchObject({ name: 'kubernetes' });
    expect(severitiesOf(pod)).toEqual([]);
  });

  const files: Readonly<Record<string, string>> = {
    '.aws/credentials': `[default]\naws_access_key_id = AKIA\naws_secret_access_key = ${secret}\n`,
    '.azure/azureProfile.json': `\ufeff{"subscriptions": [{"id": "${secret}"}]}`,
    '.config/gcloud/application_default_credentials.json': `{"refresh_token": "${secret}"}`,
  };
  const homeWith = (given: Readonly<Record<string, string>>) => {
    const home = folderOf();
    for (const [name, text] of Object.entries(given)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    return home;
  };

  it('are files of the home too, of which nothing is told but that they are there', async () => {
    const home = homeWith(files);
    const { report, stdout } = await doctor({}, home);
    expect(
      ofShadows(report)
        .flatMap((one) => one.names)
        .sort(),
    ).toEqual(
      Object.keys(files)
        .map((name) => join(home, name))
        .sort(),
    );
    expect(stdout).not.toContain(secret);
  });

  it('are not files that hold no credentials, and a pipe in their place is not waited for', async () => {
    const home = homeWith({ '.aws/config': '[profile corp]\nregion = eu-west-1\n', '.azure/config': '[cloud]\n' });
    execFileSync('mkfifo', [join(home, '.azure', 'azureProfile.json')]);
    expect(ofShadows((await doctor({}, home)).report)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('whoever runs it, in the home of somebody else (skipped: not root)', () => {
    const home = homeWith(files);
    chmodSync(home, 0o700);
    const { status, stdout, stderr } = spawnSync(process.execPath, [cliScript, 'doctor', '--json', ...nowhere], {
      ...{ cwd: '/', uid: 65_534, gid: 65_534, encoding: 'utf8' },
      env: { ...machineEnvironment(home), ...bare },
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    // What it may not read a tool may not either, unless it is run as somebody else.
    expect(ofShadows(reportIn(stdout)).flatMap((one) => one.names)).toContain(join(home, '.aws/credentials'));
  });
});

describe('tools', () => {
  it('are asked for their versions with nothing of the job\u2019s secrets, and leave nothing behind', async () => {
    const [tools, home] = [folderOf(), folderOf()];
    const say = (name: string, script: string) => {
      writeFileSync(join(tools, name), `#!/bin/sh\nenv >'${tools}/${name}.env'\n${script}\n`);
      chmodSync(join(tools, name), 0o755);
    };
    say('aws', 'echo "aws-cli/2.31.7 Python/3.13.7 Linux/6.8"');
    say(
      'az',
      'mkdir -p "$AZURE_CONFIG_DIR" && echo \'{"azure-cli": "2.80.0"}\' && echo "a token eyJhbGciOiJub25lIn0.x.y"',
    );
    say('gcloud', 'echo no version; exit 1');
    say('terraform', 'echo "Terraform v1.13.4"');
    const environment = {
      PATH: `${tools}${delimiter}${process.env.PATH}`,
      ...{ AZURE_CLIENT_SECRET: 'hush', SYSTEM_ACCESSTOKEN: 'hush', AWS_SECRET_ACCESS_KEY: 'hush', TMPDIR: home },
    };
    const { report, stdout } = await doctor(environment, home);
    expect(report.here.tools).toEqual([
      { name: 'aws', version: '2.31.7' },
      { name: 'az', version: '2.80.0' },
      { name: 'gcloud', version: null },
      { name: 'terraform', version: '1.13.4' },
    ]);
    expect(stdout).not.toContain('eyJ');
    const seen = readdirSync(tools).filter((name) => name.endsWith('.env'));
    expect(seen).toHaveLength(4);
    for (const name of seen) expect(readFileSync(join(tools, name), 'utf8')).not.toContain('hush');
    expect(readdirSync(home)).toEqual([]);
    expect(existsSync(join(home, '.azure'))).toBe(false);
  });
});

it.skipIf(!hasTerminals)('lines fit the terminal (skipped: no "script")', async () => {
  const home = folderOf();
  const { terminal } = await runAtTerminal(['doctor', ...nowhere], ['stdout'], home, {
    NO_COLOR: '1',
    AWS_PROFILE: 'x',
  });
  const lines = terminal.trimEnd().split('\r\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(terminal).toContain('\r\n         fix: ');
});
