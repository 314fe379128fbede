import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { machineEnvironment, root } from '../harness/process.ts';
import { sarifErrors } from '../harness/sarif.ts';
import { ids, region, role, sharedSetup } from '../harness/setup.ts';
import { trustOf } from '../harness/trust-lint.ts';

const hasAct = spawnSync('act', ['--version']).status === 0;
const run = promisify(execFile);

/** Done by the runner itself, from the folder that it is started in. */
const checkout = { uses: 'actions/checkout@v5' };

/** A workspace with our actions and a workflow, on this machine in the place of a container. */
async function play(emulator: Emulator, steps: readonly object[]) {
  const workspace = mkdtempSync(join(tmpdir(), 'act-'));
  cpSync(join(root, 'actions'), join(workspace, 'actions'), {
    recursive: true,
    filter: (path) => !/node_modules|[/\\](src|lib)$/.test(path),
  });
  const workflow = { on: 'push', jobs: { deploy: { 'runs-on': 'ubuntu-latest', steps: [checkout, ...steps] } } };
  mkdirSync(join(workspace, '.github', 'workflows'), { recursive: true });
  writeFileSync(join(workspace, '.github', 'workflows', 'deploy.yml'), stringify(workflow));
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const env = {
    ...machineEnvironment(home),
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    XDG_CACHE_HOME: home,
  };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, env });
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', 'https://github.com/octo/app.git');
  git('add', '.github');
  git('-c', 'user.name=mona', '-c', 'user.email=mona@example.com', 'commit', '--quiet', '-m', 'A workflow');
  const variables = Object.entries(emulator.startGitHubJob().environment).filter(([name]) =>
    name.startsWith('ACTIONS_'),
  );
  const args = [
    ...[
      'push',
      '--platform',
      'ubuntu-latest=-self-hosted',
      '--container-daemon-socket',
      '-',
      '--env',
      `LEFT=${workspace}`,
    ],
    ...variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
  const { stdout, stderr } = await run('act', args, { cwd: workspace, env }).catch((error) => error);
  return { output: `${stdout}${stderr}`, workspace };
}

const expression = (text: string) => `\${{ ${text} }}`;
const aws = (emulator: Emulator, more: object = {}) => ({
  uses: './actions/aws-credentials',
  with: { 'role-to-assume': role, 'aws-region': region, 'sts-endpoint': emulator.urls.sts, ...more },
});

describe.skipIf(!hasAct)('a runner of workflows that is not ours (skipped: no "act" on the path)', () => {
  it('gives inputs, takes variables and outputs, masks, and runs the post steps', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { output, workspace } = await play(emulator, [
      { ...aws(emulator), id: 'aws' },
      {
        run: `echo "key: $AWS_ACCESS_KEY_ID region: $AWS_REGION account: ${expression('steps.aws.outputs.aws-account-id')}"`,
      },
      { run: 'printf "%s" "$AWS_SECRET_ACCESS_KEY" >"$LEFT/delivered"' },
      {
        id: 'graph',
        uses: './actions/entra-token',
        with: {
          'client-id': ids.app,
          'tenant-id': ids.tenant,
          resource: 'graph',
          'authority-host': emulator.urls.entra,
        },
      },
      {
        run: 'echo "token: $TOKEN"; printf "%s" "$TOKEN" >"$LEFT/token"',
        env: { TOKEN: expression('steps.graph.outputs.access-token') },
      },
      { id: 'own', uses: './actions/id-token', with: { audience: 'https://example.com' } },
    ]);
    expect(output).toContain('Job succeeded');
    expect(output).toContain('key: ***');
    expect(output).toContain(`region: ${region} account: ${ids.account}`);
    expect(output).toContain('token: ***');
    const delivered = ['delivered', 'token'].map((name) => readFileSync(join(workspace, name), 'utf8'));
    for (const secret of delivered) expect(emulator.secrets()).toContain(secret);
    expect(emulator.secrets().filter((secret) => output.includes(secret))).toEqual([]);
    for (const action of ['aws-credentials', 'entra-token', 'id-token']) {
      expect(output).toMatch(new RegExp(`Success - Post \\./actions/${action}`));
    }
  });

  it('a profile is read by later steps, and gone after the job', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { output, workspace } = await play(emulator, [
      aws(emulator, { 'aws-profile': 'ci', 'output-env-credentials': false }),
      { run: 'echo "$AWS_SHARED_CREDENTIALS_FILE" >"$LEFT/where"; test -z "$AWS_SECRET_ACCESS_KEY"' },
      { run: 'test -s "$AWS_SHARED_CREDENTIALS_FILE" || test -s "$HOME/.aws/credentials"' },
    ]);
    expect(output).toContain('Job succeeded');
    const file = readFileSync(join(workspace, 'where'), 'utf8').trim();
    if (file !== '') expect(existsSync(file)).toBe(false);
  });

  it('what checks the sources fails the job, and a later step has what it found', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const { output, workspace } = await play(emulator, [
      { run: `mkdir roles && printf '%s' "$TRUST" >roles/role.json`, env: { TRUST: trustOf('repo:*') } },
      { id: 'trust', uses: './actions/trust-lint', with: { files: 'roles' } },
      {
        if: expression('!cancelled()'),
        run: 'cp "$SARIF" "$LEFT/trust.sarif"; echo "errors: $ERRORS"',
        env: {
          SARIF: expression('steps.trust.outputs.sarif-file'),
          ERRORS: expression('steps.trust.outputs.errors'),
        },
      },
    ]);
    expect(output).toContain('Job failed');
    expect(output).toMatch(/A wildcard spans .*/);
    expect(output).toMatch(/errors: [1-9]/);
    expect(output).toContain('Success - Post ./actions/trust-lint');
    expect(sarifErrors(JSON.parse(readFileSync(join(workspace, 'trust.sarif'), 'utf8')))).toEqual([]);
  });

  it('a refused job fails, with the error as an annotation', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const other = `arn:aws:iam::${ids.account}:role/none`;
    const { output } = await play(emulator, [aws(emulator, { 'role-to-assume': other, 'disable-retry': true })]);
    expect(output).toContain('Job failed');
    expect(output).toContain(`AWS denied ${other}`);
  });
});
