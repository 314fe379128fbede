/**
 * How `fedbridge init` behaves, with an `aws` that only answers what it is asked.
 *
 * Tests as well:
 * - packages/cli/src/commands/init/init.ts
 * - packages/cli/src/commands/init/need.ts
 * - packages/cli/src/commands/init/options.ts
 * - packages/cli/src/commands/init/plan.ts
 * - packages/cli/src/commands/init/job-file.ts
 * - packages/cli/src/commands/init/role-step.ts
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hasTerminals, runAtTerminal } from '../harness/at-terminal.ts';
import { runCommand } from '../harness/cli.ts';
import { root } from '../harness/process.ts';

const account = '123456789012';
const hub = 'token.actions.githubusercontent.com';
const providerArn = `arn:aws:iam::${account}:oidc-provider/${hub}`;
const jobs = ['--github', 'octo/app', '--branch', 'main'];
const target = ['--cloud', 'aws', '--account', account, '--aws-region', 'eu-central-1'];
const main = ['init', ...jobs, ...target];
const workflow = '.github/workflows/deploy.yml';

const statement = (subject: string) => ({
  Sid: 'Fedbridge',
  Effect: 'Allow',
  Principal: { Federated: providerArn },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com', [`${hub}:sub`]: subject } },
});
const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const wanted = statement('repo:octo/app:ref:refs/heads/main');

const organizationId = '0ca3ddd9-f0b0-4635-a98c-586652696105';
const region = ' --region=eu-central-1';
const absent = { denied: 'An error occurred (NoSuchEntity) when calling the operation: not found' };
const commands = {
  caller: `aws sts get-caller-identity${region}`,
  provider: `aws iam get-open-id-connect-provider --open-id-connect-provider-arn=${providerArn}${region}`,
  role: `aws iam get-role --role-name=deploy${region}`,
  attached: `aws iam list-attached-role-policies --role-name=deploy${region}`,
  createProvider: `aws iam create-open-id-connect-provider --url=https://${hub} --client-id-list=["sts.amazonaws.com"]${region}`,
  createRole: `aws iam create-role --role-name=deploy --assume-role-policy-document=${JSON.stringify(policy(wanted))}${region}`,
} as const;
const nothing = {
  [commands.caller]: { Account: account, Arn: `arn:aws:iam::${account}:user/alice` },
  [commands.provider]: absent,
  [commands.role]: absent,
  [commands.createProvider]: { OpenIDConnectProviderArn: providerArn },
  [commands.createRole]: { Role: { RoleName: 'deploy' } },
};
const withProvider = { [commands.provider]: { Url: hub, ClientIDList: ['sts.amazonaws.com'] } };
const withRole = (document: object) => ({
  ...withProvider,
  [commands.role]: {
    Role: { RoleName: 'deploy', Arn: 'arn:aws:iam::123456789012:role/deploy', AssumeRolePolicyDocument: document },
  },
  [commands.attached]: { AttachedPolicies: [] },
});
const reads = [commands.caller, commands.provider, commands.role];

/** A machine on which `aws` is signed in, and answers this. */
function machine(answers: object = nothing) {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  const tools = mkdtempSync(join(tmpdir(), 'tools-'));
  const standIn = join(root, 'test', 'harness', 'stand-in-cloud.ts');
  writeFileSync(join(tools, 'aws'), `#!/bin/sh\nexec '${process.execPath}' '${standIn}' aws "$@"\n`);
  chmodSync(join(tools, 'aws'), 0o755);
  const answer = (now: object) => writeFileSync(join(folder, 'answers.json'), JSON.stringify(now));
  answer(answers);
  const environment = { HOME: folder, PATH: [tools, '/usr/bin', '/bin'].join(delimiter) };
  return {
    folder,
    environment,
    answer,
    run: (args: readonly string[]) => runCommand(args, environment, folder),
    calls() {
      const file = join(folder, 'calls.jsonl');
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
      return lines.map((line) => (JSON.parse(line) as string[]).join(' ').replace(' --output json', ''));
    },
    has: (file: string) => existsSync(join(folder, file)),
    read: (file: string) => readFileSync(join(folder, file), 'utf8'),
  };
}

describe('what is not said', () => {
  it('is an error that names the options, where nobody can be asked', async () => {
    const here = machine();
    const ended = await here.run(['init', '--github', 'octo/app', '--cloud', 'aws']);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/: --branch <name>, --account <id>, --aws-region <region>\. \[INPUT_MISSING\]/);
    expect((await here.run(['init'])).stderr).toContain(': --platform <platform>, --cloud <cloud>.');
    expect((await here.run(['init', '--platform', 'azure-pipelines', '--cloud', 'aws'])).stderr).toContain(
      ': --azure-pipelines <organization/project>, --pipeline <name>, --organization-id <guid>, --account <id>, --aws-region <region>.',
    );
    expect(here.calls()).toEqual([]);
  });

  it.skipIf(!hasTerminals)('is asked for at a terminal, again where it is wrong (skipped: no "script")', async () => {
    const here = machine();
    const questions = [
      ['Where do the jobs run: github, azure-pipelines, gitlab?', 'jenkins'],
      ['Where do the jobs run', 'github'],
      ['Which cloud', 'aws'],
      ['Which repository', 'octo/app'],
      ['Jobs of which branch? [main]', ''],
      ['Id of the owner', ''],
      ['Which AWS account', '1234'],
      ['Which AWS account', account],
      ['Which role? [deploy]', ''],
      ['Which region', 'eu-central-1'],
      ['Do this? [y/N]', 'y'],
    ] as const;
    const { exitCode, terminal } = await runAtTerminal(
      ['init'],
      ['stdin', 'stdout', 'stderr'],
      here.folder,
      here.environment,
      questions,
    );
    expect({ exitCode, terminal }).toEqual({ exitCode: 0, terminal: expect.stringContaining('done    role deploy') });
    expect(here.calls()).toEqual([...reads, commands.createProvider, commands.createRole]);
    expect(parse(here.read(workflow)).on).toEqual({ push: { branches: ['main'] } });
  });

  it.skipIf(!hasTerminals)(
    'is not done before somebody has agreed, and not after Ctrl+C (skipped: no "script")',
    async () => {
      for (const [typed, code] of [
        ['', 1],
        ['n', 1],
        ['\x03', 130],
      ] as const) {
        const here = machine();
        const answers = [['Do this?', typed]] as const;
        const ended = await runAtTerminal(main, ['stdin', 'stdout', 'stderr'], here.folder, here.environment, answers);
        expect({ typed, code: ended.exitCode, calls: here.calls() }).toEqual({ typed, code, calls: reads });
        expect(ended.terminal).toMatch(/othing was done/);
        expect(here.has(workflow)).toBe(false);
      }
      const here = machine();
      const [streams, planned] = [['stdin', 'stdout', 'stderr'] as const, [...main, '--plan-only']];
      const { exitCode, terminal } = await runAtTerminal(planned, streams, here.folder, here.environment);
      const seen = { exitCode, calls: here.calls(), isAsked: terminal.includes('[y/N]') };
      expect(seen).toEqual({ exitCode: 0, calls: reads, isAsked: false });
    },
  );
});

describe('a plan', () => {
  it('is shown, and nothing is done, with --plan-only; without --yes it says what does it', async () => {
    const here = machine();
    const planned = await here.run([...main, '--plan-only']);
    expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
    expect(planned.stdout).toContain(`create  OIDC provider https://${hub}\n`);
    expect(planned.stdout).toContain(
      `        aws iam create-role --role-name=deploy '--assume-role-policy-document={"Version"`,
    );
    expect(planned.stdout).toContain(
      '        Allowed: octo at GitHub Actions, for example repo:octo/app:ref:refs/heads/main\n',
    );
    const bare = await here.run(main);
    expect(bare).toMatchObject({ exitCode: 1, stdout: planned.stdout });
    expect(bare.stderr).toBe('Nothing was done. --yes does it without asking, --plan-only shows it alone.\n');
    expect(here.calls()).toEqual([...reads, ...reads]);
    expect(here.has('.github')).toBe(false);
  });

  it('is JSON for programs, with what was done', async () => {
    const here = machine();
    const planned = JSON.parse((await here.run([...main, '--plan-only', '--json'])).stdout);
    expect(planned).toMatchObject({ version: 1, about: { by: `arn:aws:iam::${account}:user/alice` } });
    expect(planned.steps.map(({ state, done }: Record<string, unknown>) => [state, done])).toEqual(
      Array(3).fill(['create', false]),
    );
    expect(planned.steps[1].command.slice(0, 3)).toEqual(['aws', 'iam', 'create-role']);
    const done = JSON.parse((await here.run([...main, '--yes', '--json'])).stdout);
    expect(done.steps.map((one: Record<string, unknown>) => one.done)).toEqual([true, true, true]);
  });

  it('is Terraform, without asking anything', async () => {
    const here = machine();
    const policyArn = ['--policy-arn', 'arn:aws:iam::aws:policy/ReadOnlyAccess'];
    const { exitCode, stdout, stderr } = await here.run([...main, ...policyArn, '--terraform']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('resource "aws_iam_openid_connect_provider" "fedbridge" {');
    expect(stdout).toContain('for_each   = toset(["arn:aws:iam::aws:policy/ReadOnlyAccess"])');
    expect(here.calls()).toEqual([]);
    expect(here.has('.github')).toBe(false);
    expect(await here.run([...main, '--terraform', '--yes'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('what is there', () => {
  it('is left alone: there is nothing to do, and nobody is asked', async () => {
    const here = machine({ ...nothing, ...withRole(policy(statement('repo:octo/app:ref:refs/heads/main'))) });
    await here.run([...main, '--yes']);
    const text = here.read(workflow);
    const again = await here.run(main);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout.match(/^\w+ {2}.*/gm)?.slice(3)).toEqual([
      `exists  OIDC provider https://${hub}`,
      'exists  role deploy',
      `exists  ${workflow}`,
    ]);
    expect(here.calls()).toEqual([...reads, commands.attached, ...reads, commands.attached]);
    expect(here.read(workflow)).toBe(text);
  });

  it('a workflow is left alone, and what a job in it needs is shown; --force replaces it', async () => {
    const here = machine({ ...nothing, ...withRole(policy(wanted)) });
    mkdirSync(join(here.folder, '.github', 'workflows'), { recursive: true });
    writeFileSync(join(here.folder, workflow), 'mine\n');
    const first = await here.run(main);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('It is left alone: --force replaces it.');
    expect(first.stdout).toContain('          id-token: write # the job may ask for its ID token\n');
    expect(here.read(workflow)).toBe('mine\n');
    expect(await here.run([...main, '--force', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(here.read(workflow)).toMatch(/^name: deploy\n/);
  });

  it('a workflow that is a link is not replaced: what it leads to stays, and nothing else is done', async () => {
    const here = machine();
    mkdirSync(join(here.folder, '.github', 'workflows'), { recursive: true });
    writeFileSync(join(here.folder, '.profile'), 'mine\n');
    symlinkSync('../../.profile', join(here.folder, workflow));
    const ended = await here.run([...main, '--force', '--yes']);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(`${workflow} cannot be replaced: it is a link`);
    expect(here.read('.profile')).toBe('mine\n');
    expect(here.calls()).toEqual(reads);
  });

  it('a trust policy gets a statement beside its own, with a name that none has', async () => {
    const other = statement('repo:octo/other:ref:refs/heads/main');
    const changed = policy(other, { ...wanted, Sid: 'Fedbridge2' });
    const update = `aws iam update-assume-role-policy --role-name=deploy --policy-document=${JSON.stringify(changed)}${region}`;
    const here = machine({ ...nothing, ...withRole(policy(other)), [update]: {} });
    const { exitCode, stdout } = await here.run([...main, '--yes']);
    expect({ exitCode, last: here.calls().slice(-2) }).toEqual({ exitCode: 0, last: [commands.role, update] });
    expect(stdout).toContain(
      'Allowed already: octo at GitHub Actions, for example repo:octo/other:ref:refs/heads/main',
    );
    expect(stdout).toContain('Allowed as well: octo at GitHub Actions, for example repo:octo/app:ref:refs/heads/main');
  });

  it.skipIf(!hasTerminals)(
    'a trust policy that somebody changes before the plan is agreed to keeps their change (skipped: no "script")',
    async () => {
      const [other, theirs] = [statement('repo:octo/other:ref:refs/heads/main'), statement('repo:octo/theirs:*')];
      const here = machine({ ...nothing, ...withRole(policy(other)) });
      const streams = ['stdin', 'stdout', 'stderr'] as const;
      const answers = [
        [
          'Do this? [y/N]',
          () => {
            here.answer({ ...nothing, ...withRole(policy(other, theirs)) });
            return 'y';
          },
        ],
      ] as const;
      const { exitCode, terminal } = await runAtTerminal(main, streams, here.folder, here.environment, answers);
      expect({ exitCode, last: here.calls().at(-1) }).toEqual({ exitCode: 1, last: commands.role });
      expect(terminal).toContain('The trust policy of the role deploy was changed meanwhile.');
      expect(here.has(workflow)).toBe(false);
    },
  );

  it('a role with a path is assumed with it, whatever characters it has', async () => {
    const Arn = `arn:aws:iam::${account}:role/a'b/deploy`;
    const gitLab = [commands.provider.replace(hub, 'gitlab.com')];
    const answers = {
      ...withRole(policy(wanted)),
      [commands.role]: { Role: { Arn, AssumeRolePolicyDocument: policy(wanted) } },
    };
    const here = machine({ ...nothing, ...answers, [String(gitLab)]: { ClientIDList: ['https://gitlab.com'] } });
    const textOf = async (args: readonly string[]) => {
      const { stdout } = await here.run(['init', ...args, ...target, '--plan-only', '--json']);
      return parse(JSON.parse(stdout).steps.at(-1).text);
    };
    expect((await textOf(jobs)).jobs.deploy.steps[0].with['role-to-assume']).toBe(Arn);
    const { deploy } = await textOf(['--gitlab', 'octo/app', '--branch', 'main']);
    expect(deploy.script[0]).toContain(`--role-to-assume 'arn:aws:iam::${account}:role/a'\\''b/deploy' `);
  });

  it('a statement that is no list is kept too', async () => {
    const other = statement('repo:octo/other:ref:refs/heads/main');
    const here = machine({ ...nothing, ...withRole({ Version: '2012-10-17', Statement: other }) });
    const { stdout } = await here.run([...main, '--plan-only', '--json']);
    const { command } = JSON.parse(stdout).steps[1];
    const document = JSON.parse(command.at(-1).replace('--policy-document=', ''));
    expect(document.Statement).toEqual([other, { ...wanted, Sid: 'Fedbridge2' }]);
  });

  it('a trust policy that allows the jobs already stays, however wide it is, and says whom', async () => {
    const wide = {
      ...statement(''),
      Condition: {
        StringEquals: { [`${hub}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${hub}:sub`]: 'repo:octo/*' },
      },
    };
    const here = machine({ ...nothing, ...withRole(policy(wide)) });
    const { stdout } = await here.run([...main, '--plan-only']);
    expect(stdout).toMatch(/exists {2}role deploy\n {8}Allowed: octo at GitHub Actions, for example repo:octo\//);
  });

  it('a provider gets the audience that it lacks', async () => {
    const added = `aws iam add-client-id-to-open-id-connect-provider --cli-input-json ${JSON.stringify({ OpenIDConnectProviderArn: providerArn, ClientID: 'sts.amazonaws.com' })}${region}`;
    const answers = { ...withRole(policy(wanted)), [commands.provider]: { ClientIDList: ['other'] }, [added]: {} };
    const here = machine({ ...nothing, ...answers });
    expect(await here.run([...main, '--yes'])).toMatchObject({ exitCode: 0 });
    expect(here.calls().at(-1)).toBe(added);
  });

  it('policies that nobody asked for are shown', async () => {
    const attached = { AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] };
    const here = machine({ ...nothing, ...withRole(policy(wanted)), [commands.attached]: attached });
    const { stdout } = await here.run([...main, '--plan-only']);
    expect(stdout).toContain(
      'exists  policy arn:aws:iam::aws:policy/AdministratorAccess of the role deploy, not asked',
    );
  });
});

describe('what fails', () => {
  it('in the middle is reported with what was done and what is left; run again, it goes on there', async () => {
    const denied = 'An error occurred (AccessDenied) when calling the CreateRole operation: not authorized';
    const here = machine({ ...nothing, [commands.createRole]: { denied } });
    const first = await here.run([...main, '--yes']);
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain(`done    OIDC provider https://${hub}`);
    expect(first.stderr).toContain(`Answer: ${denied}`);
    expect(first.stderr).toContain(`Done: OIDC provider https://${hub}.\n  Left: role deploy; ${workflow}.`);
    expect(here.has(workflow)).toBe(false);
    here.answer({ ...nothing, ...withProvider });
    expect(await here.run([...main, '--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(here.calls().slice(-4)).toEqual([...reads, commands.createRole]);
    expect(here.has(workflow)).toBe(true);
  });

  it.each([
    [
      'another account is signed in',
      { [commands.caller]: { Account: '210987654321' } },
      2,
      'is signed in to the account 210987654321, not 123456789012. [INPUT_INVALID]',
    ],
    [
      'nobody is signed in',
      { [commands.caller]: { denied: 'Unable to locate credentials' } },
      1,
      'Answer: Unable to locate credentials',
    ],
    [
      'the role may not be looked at',
      { [commands.role]: { denied: '(AccessDenied)' } },
      1,
      '"aws iam get-role --role-name=deploy --region=eu-central-1" failed. [UNAVAILABLE]',
    ],
    [
      'the jobs are denied',
      withRole(policy(wanted, { ...wanted, Sid: 'No', Effect: 'Deny' })),
      2,
      'denies these jobs, whatever is added to it. [INPUT_INVALID]',
    ],
    [
      'a trust policy is not understood',
      withRole(policy({ ...wanted, Condition: { Like: { a: 'b' } } })),
      1,
      'cannot be judged: the condition operator Like is not known. [CHECK_INCOMPLETE]',
    ],
  ])('where %s nothing is done', async (_title, answers, exitCode, message) => {
    const here = machine({ ...nothing, ...answers });
    const ended = await here.run([...main, '--yes']);
    expect({ ...ended, stdout: '' }).toEqual({ exitCode, stdout: '', stderr: expect.stringContaining(message) });
    expect(here.calls().filter((one) => !/ (get|list)-/.test(one))).toEqual([]);
    expect(here.has('.github')).toBe(false);
  });

  it.each([
    [['--platform', 'gitlab', ...jobs, ...target], '--github is not of --platform gitlab.'],
    [
      [...jobs, '--gitlab', 'octo/app', ...target],
      'Say whom to trust with one of --github, --azure-pipelines, --gitlab.',
    ],
    [[...jobs, '--pipeline', 'release', ...target], '--pipeline does not go with --github.'],
    [[...jobs, ...target, '--policy-arn', 'AmazonS3FullAccess'], 'is not the ARN of a managed policy'],
    [
      [...jobs, ...target, '--policy-arn', 'arn:aws:iam::210987654321:policy/x'],
      'is of another account than 123456789012.',
    ],
    [
      [...jobs, ...target, '--policy-arn', 'arn:aws-cn:iam::aws:policy/x'],
      'is of another partition than the region, aws.',
    ],
    [[...jobs, ...target, '--role', 'a/b'], 'The name of a role has'],
    [['--github', 'octo/app', '--environment', `$${'{{ x }}'}`, ...target], 'cannot be written in the file of a job'],
    [[...jobs, ...target, '--plan-only', '--yes'], "cannot be used with option '--plan-only'"],
  ])('is said of %j', async (args, message) => {
    const here = machine();
    const ended = await here.run(['init', ...args]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(here.has('.github')).toBe(false);
  });

  it('is a tool that is not there, and a file that cannot be written', async () => {
    const here = machine({ ...nothing, ...withRole(policy(wanted)) });
    const without = await runCommand(main, { ...here.environment, PATH: '/nowhere' }, here.folder);
    expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no "aws" on the path.') });
    writeFileSync(join(here.folder, 'taken'), '');
    const blocked = await here.run([...main, '--yes', '--file', 'taken/deploy.yml']);
    expect(blocked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('taken/deploy.yml cannot be') });
  });
});

describe('the file', () => {
  const written = async (args: readonly string[], file: string) => {
    const others = ['gitlab.com', `vstoken.dev.azure.com/${organizationId}`];
    const here = machine({
      ...nothing,
      ...Object.fromEntries(others.map((name) => [commands.provider.replace(hub, name), absent])),
    });
    const { stdout, stderr } = await here.run(['init', ...args, ...target, '--plan-only', '--json']);
    expect(stderr).toBe('');
    const { title, text } = JSON.parse(stdout).steps.at(-1);
    expect(title).toBe(file);
    return parse(text);
  };
  const role = `arn:aws:iam::${account}:role/deploy`;

  it.each([
    [['--branch', 'main'], { push: { branches: ['main'] } }],
    [['--branch', 'refs/heads/feature/a+b'], { push: { branches: ['feature/a\\+b'] } }],
    [['--branch', 'on'], { push: { branches: ['on'] } }],
    [['--tag', '1.0'], { push: { tags: ['1.0'] } }],
    [['--pull-request'], 'pull_request'],
    [['--environment', 'prod: "eu" #1'], 'workflow_dispatch'],
  ])('is a workflow for jobs of %j, with the least permissions', async (which, on) => {
    const document = await written(['--github', 'octo/app', ...which], workflow);
    const { deploy, ...others } = document.jobs;
    expect({ on: document.on, permissions: document.permissions, others }).toEqual({ on, permissions: {}, others: {} });
    expect(deploy.permissions).toEqual({ 'id-token': 'write', contents: 'read' });
    expect(deploy.environment).toBe(which[0] === '--environment' ? which[1] : undefined);
    expect(deploy.steps[0]).toEqual({
      uses: expect.stringMatching(/^[\w-]+\/fedbridge\/actions\/aws-credentials@[\da-f]{40}$/),
      with: { 'role-to-assume': role, 'aws-region': 'eu-central-1' },
    });
  });

  const organization = ['--azure-pipelines', 'contoso/web', '--organization-id', organizationId];
  it('is a pipeline, with a service connection where that is named', async () => {
    const inputs = { roleToAssume: role, awsRegion: 'eu-central-1' };
    const plain = await written([...organization, '--pipeline', 'release'], 'azure-pipelines.yml');
    expect(plain.steps[0]).toEqual({ task: 'FedbridgeAwsCredentials@1', inputs });
    const connected = await written([...organization, '--connection', 'aws: prod'], 'azure-pipelines.yml');
    expect(connected.steps[0].inputs).toEqual({ azureSubscription: 'aws: prod', ...inputs });
  });

  it('is a job of GitLab', async () => {
    const { deploy } = await written(['--gitlab', 'acme/web', '--branch', 'main'], '.gitlab-ci.yml');
    expect(deploy.id_tokens).toEqual({ AWS_ID_TOKEN: { aud: 'sts.amazonaws.com' } });
    expect(deploy.rules).toEqual([{ if: '$CI_COMMIT_BRANCH == "main"' }]);
    expect(deploy.script[0]).toContain(`--role-to-assume ${role} --aws-region eu-central-1)`);
  });
});
