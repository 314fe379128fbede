/**
 * `fedbridge init --cloud azure` on the emulator's Microsoft Graph, Azure Resource Manager and Azure DevOps: with a stand-in that sends what
 * az sends, and one journey with the real one.
 *
 * Tests as well:
 * - packages/cli/src/commands/init/azure-application.ts
 * - packages/cli/src/commands/init/azure-connection.ts
 * - packages/cli/src/commands/init/azure-credential.ts
 * - packages/cli/src/commands/init/azure-names.ts
 * - packages/cli/src/commands/init/azure-roles.ts
 * - packages/cli/src/commands/init/azure-terraform.ts
 * - packages/cli/src/commands/init/azure.ts
 * - packages/cli/src/commands/init/options.ts
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Emulator, type Setup, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { administeredTenant, administratorToken } from '../harness/administered-tenant.ts';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { runCommand } from '../harness/cli.ts';
import { gitHubStep } from '../harness/github-step.ts';
import { root, type Variables } from '../harness/process.ts';
import { run } from '../harness/run-program.ts';
import { ids, subjects } from '../harness/setup.ts';
import { compiled } from '../harness/stand-in-tools.ts';
import { gitHubToken } from '../harness/tokens.ts';

const hub = 'https://token.actions.githubusercontent.com';
const devOps = '499b84ac-1321-427f-aa17-267ca6975798';
const group = `/subscriptions/${ids.subscription}/resourceGroups/web`;
const jobs = ['--github', 'octo/app', '--owner-id', '65001', '--repository-id', '724113'];
const target = ['--cloud', 'azure', '--tenant-id', ids.tenant, '--subscription-id', ids.subscription];
const main = ['init', ...jobs, '--branch', 'main', ...target];
const pipelines = ['init', '--azure-pipelines', 'contoso/web', '--service-connection', 'azure prod', ...target];

const tenant = administeredTenant(hub);
const organizations: NonNullable<Setup['organizations']> = [
  {
    name: 'contoso',
    id: ids.organization,
    administrators: [ids.app],
    projects: [
      {
        name: 'web',
        id: ids.project,
        pipelines: { release: '12' },
        connections: [
          { name: 'theirs', id: ids.newConnection, issuer: 'entra', tenantId: ids.tenant, clientId: ids.stranger },
          { name: 'former', id: ids.machine, issuer: 'azure-devops', tenantId: ids.tenant, clientId: ids.stranger },
          { name: 'elsewhere', id: ids.oldConnection, issuer: 'entra', tenantId: ids.project, clientId: ids.stranger },
          {
            ...{ name: 'other', id: ids.assigned, issuer: 'entra', tenantId: ids.tenant, clientId: ids.stranger },
            ...{ subscriptionId: ids.project, environment: 'AzureUSGovernment' },
          },
        ],
      },
    ],
  },
];
const account = {
  ...{ id: ids.subscription, tenantId: ids.tenant, name: 'Production', environmentName: 'AzureCloud' },
  user: { name: 'mona@contoso.com', type: 'user' },
};

/** Somebody who is signed in to a tenant, in an empty folder. */
async function signedIn(applications: (typeof tenant)['applications'] = []) {
  const setup: Setup = {
    tenants: [{ ...tenant, applications: [...tenant.applications, ...applications] }],
    organizations,
  };
  const emulator = await startEmulator({ setup, names: 'real' });
  const [folder, bin] = [mkdtempSync(join(tmpdir(), 'init-')), mkdtempSync(join(tmpdir(), 'az-'))];
  const standIn = join(root, 'test', 'harness', 'az-on-emulator.ts');
  writeFileSync(join(bin, 'az'), `#!/bin/sh\n${compiled} exec '${process.execPath}' '${standIn}' "$@"\n`);
  chmodSync(join(bin, 'az'), 0o755);
  const tokens = {
    graph: await administratorToken(emulator, 'https://graph.microsoft.com'),
    arm: await administratorToken(emulator, 'https://management.azure.com'),
    devOps: await administratorToken(emulator, devOps),
  };
  const environment: Variables = {
    ...{ HOME: bin, PATH: [bin, '/bin'].join(delimiter), AZ_TOKENS: JSON.stringify(tokens) },
    ...{ AZ_RESOURCES: emulator.urls.resources, AZ_DEVOPS: emulator.urls.azureDevOps },
    AZ_ACCOUNTS: JSON.stringify([account]),
  };
  const init = (args: readonly string[], more: Variables = {}) => runCommand(args, { ...environment, ...more }, folder);
  const calls = () => {
    const file = join(bin, 'az.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.map((line) =>
      (JSON.parse(line) as string[])
        .filter((arg) => !arg.startsWith('-'))
        .join(' ')
        .replace(/ json$| \[\].*$/, ''),
    );
  };
  return { emulator, folder, init, calls, [Symbol.asyncDispose]: () => emulator.close() };
}

const workflow = (folder: string) => readFileSync(join(folder, '.github', 'workflows', 'deploy.yml'), 'utf8');

/** Runs the step that a file has, as a job, but with az: it gets a token. */
async function ranAs(emulator: Emulator, isOfGitHub: boolean, environment: Variables, text: string) {
  const document = parse(text);
  const [step] = isOfGitHub ? document.jobs.deploy.steps : document.steps;
  const { export: _logsIn, ...given } = { ...step.with, ...step.inputs } as Variables;
  const authority = isOfGitHub ? { 'authority-host': emulator.urls.entra } : { authorityHost: emulator.urls.entra };
  const name = step.task?.replace('@1', '') ?? /actions\/([\w-]+)@/.exec(step.uses)?.[1];
  const inputs = { ...given, ...authority };
  const run = await (isOfGitHub ? gitHubStep : azurePipelinesStep)({ name, inputs, environment }).run();
  return run.error ?? '';
}

const steps = (stdout: string) =>
  JSON.parse(stdout).steps.map(({ title, state, done }: Record<'title' | 'state' | 'done', unknown>) => [
    String(title).replace(/[\da-f]{8}-[\da-f-]{27}/g, 'GUID'),
    state,
    done,
  ]);

const reading = ['account show', 'ad app list'];
const making = [...['ad app create', 'ad sp create', 'ad app federated-credential create', 'role assignment create']];

describe('fedbridge init --cloud azure', () => {
  it('makes application, credential, role and workflow, whose job is allowed, and no other; a second time there is nothing to do', async () => {
    await using world = await signedIn();
    const { emulator, folder, init, calls } = world;
    const roles = ['--role-assignment', `Reader@${group}`];
    const planned = await init([...main, ...roles, '--plan-only']);
    expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
    expect(planned.stdout).toContain(`At   Azure, tenant ${ids.tenant}, subscription Production`);
    expect(planned.stdout).toContain('By   mona@contoso.com');
    expect(planned.stdout).toContain('With it the application has 1 of 20.');
    expect(planned.stdout).toContain('az ad app create --display-name=octo/app --sign-in-audience=AzureADMyOrg');
    expect(calls()).toEqual([...reading, 'role definition list']);
    expect(existsSync(join(folder, '.github'))).toBe(false);

    expect(await init([...main, ...roles, '--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(calls().slice(3)).toEqual([...reading, 'role definition list', ...making]);
    const job = { repository: 'octo/app', ownerId: '65001', repositoryId: '724113', immutableSubject: true };
    const asJob = (ref: string) =>
      ranAs(emulator, true, emulator.startGitHubJob({ ...job, ref }).environment, workflow(folder));
    expect(await asJob('refs/heads/main')).toBe('');
    expect(await asJob('refs/heads/other')).toContain('AADSTS700213');

    const again = await init([...main, ...roles, '--json']);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(again.stdout)).toEqual([
      ['application octo/app, GUID', 'exists', true],
      ['service principal of the application, GUID', 'exists', true],
      [expect.stringContaining('federated credential octo-65001-app-724113-ref-main'), 'exists', true],
      [`role Reader on ${group.replace(ids.subscription, 'GUID')}`, 'exists', true],
      ['.github/workflows/deploy.yml', 'exists', true],
    ]);
    expect(calls().slice(3 + 3 + 4)).toEqual([
      ...[...reading, 'ad sp list', 'ad app owner list', 'ad sp owner list'],
      ...['role assignment list', 'ad app federated-credential list'],
    ]);

    const other = await init(['init', ...jobs, '--environment', 'production', ...target, '--json', '--file', 'x.yml']);
    expect(steps(other.stdout)).toMatchObject([
      [expect.stringContaining('application'), 'exists', true],
      [expect.stringContaining('service principal'), 'exists', true],
      [expect.stringContaining('federated credential'), 'create', false],
      [expect.stringMatching(/^role Reader on .*, not asked for$/), 'exists', true],
      ['x.yml', 'create', false],
    ]);
  });

  it('of an audience that is named: the credential takes it alone, and the job asks for it', async () => {
    await using world = await signedIn();
    const { emulator, folder, init } = world;
    expect(await init([...main, '--audience', 'api://mine', '--yes'])).toMatchObject({ exitCode: 0, stderr: '' });
    const job = { repository: 'octo/app', ownerId: '65001', repositoryId: '724113', immutableSubject: true };
    const asJob = (text: string) =>
      ranAs(emulator, true, emulator.startGitHubJob({ ...job, ref: 'refs/heads/main' }).environment, text);
    expect(await asJob(workflow(folder))).toBe('');
    expect(await asJob(workflow(folder).replace(/^ *audience:.*\n/m, ''))).toContain('AADSTS700212');
  });

  it('gives no role that is not asked for, says so, and says what reaches far', async () => {
    await using world = await signedIn();
    const none = await world.init([...main, '--plan-only']);
    expect(none.stdout).toContain('It may do nothing in the subscription yet: --role-assignment gives it a role.');
    expect(none.stdout).not.toContain('az role');
    const owner = ['--role-assignment', `Owner@/subscriptions/${ids.subscription}`];
    const wide = await world.init([...main, ...owner, '--plan-only']);
    expect(wide.stdout).toContain('WIDER: with it the jobs may give themselves any other role there.');
    expect(wide.stdout).toContain('WIDER: it is for the whole subscription; a resource group is less.');
    const emperor = await world.init([...main, '--role-assignment', `Emperor@${group}`, '--plan-only']);
    expect(emperor).toMatchObject({ exitCode: 2, stdout: '' });
    expect(emperor.stderr).toContain('There is no role "Emperor" in Azure.');
  });

  const called = (clientId: string) => ({ clientId, displayName: 'octo/app', federatedCredentials: [] });

  it('does not guess which of two applications of a name is meant', async () => {
    await using world = await signedIn([called(ids.machine), called(ids.assigned)]);
    const two = await world.init([...main, '--yes']);
    expect(two).toMatchObject({ exitCode: 2, stdout: '' });
    expect(two.stderr).toContain('There are 2 applications called "octo/app".');
    expect(two.stderr).toContain(`--application: ${ids.machine}, ${ids.assigned}`);
    const one = await world.init([...main, '--application', ids.machine, '--yes']);
    expect(one).toMatchObject({ exitCode: 0 });
    expect(workflow(world.folder)).toContain(`client-id: ${ids.machine}`);
    const nowhere = await world.init([...main, '--application', ids.project]);
    expect(nowhere.stderr).toContain(`There is no application ${ids.project} in this tenant.`);
  });

  const trusting = (index: number) => ({
    ...{ name: `credential-${index}`, issuer: hub, subject: `repo:octo/lib-${index}:ref:refs/heads/main` },
    audiences: ['api://AzureADTokenExchange'],
  });

  it('counts the credentials: a twentieth is made, and a twenty-first is not tried', async () => {
    const full = (count: number) => ({
      ...called(ids.machine),
      federatedCredentials: Array.from({ length: count }, (_, index) => trusting(index)),
    });
    {
      await using last = await signedIn([full(19)]);
      const { exitCode, stdout } = await last.init([...main, '--yes']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('With it the application has 20 of 20.');
    }
    await using world = await signedIn([full(20)]);
    const ended = await world.init([...main, '--yes']);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('has 20 federated credentials');
    expect(ended.stderr).toContain('flexible');
    expect(world.calls()).not.toContain('ad app federated-credential create');
  });

  it('changes the audience of a credential that has another, and takes no name that is taken', async () => {
    const mine = { ...trusting(1), subject: 'repo:octo@65001/app@724113:ref:refs/heads/main' };
    {
      const federatedCredentials = [{ ...mine, audiences: ['api://Other'] }];
      await using world = await signedIn([{ ...called(ids.machine), federatedCredentials }]);
      const { exitCode, stdout } = await world.init([...main, '--yes']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Its audience was api://Other, and will be api://AzureADTokenExchange.');
      const again = await world.init([...main, '--json']);
      expect(steps(again.stdout)[2]).toEqual(['federated credential credential-1', 'exists', true]);
    }
    const name = 'octo-65001-app-724113-ref-main';
    await using world = await signedIn();
    const planned = JSON.parse((await world.init([...main, '--json', '--plan-only'])).stdout);
    const taken = planned.steps[2].title.replace('federated credential ', '');
    expect(taken).toContain(name);
    await using other = await signedIn([
      { ...called(ids.machine), federatedCredentials: [{ ...trusting(2), name: taken }] },
    ]);
    expect((await other.init([...main, '--yes'])).stderr).toContain(`credential ${taken} already, which trusts others`);
  });

  it('makes a flexible credential for jobs of any branch, and knows it again', async () => {
    await using world = await signedIn();
    const any = ['init', ...jobs, '--any-ref', ...target];
    const first = await world.init([...any, '--yes']);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stderr).toContain('WIDER');
    const { emulator, folder } = world;
    const job = { repository: 'octo/app', ownerId: '65001', repositoryId: '724113', immutableSubject: true };
    for (const ref of ['refs/heads/main', 'refs/heads/other'])
      expect(await ranAs(emulator, true, emulator.startGitHubJob({ ...job, ref }).environment, workflow(folder))).toBe(
        '',
      );
    const again = await world.init([...any, '--json']);
    expect(steps(again.stdout).every(([, state]: [string, string]) => state === 'exists')).toBe(true);
  });

  it('does what is left after a failure in the middle', async () => {
    await using world = await signedIn();
    const roles = ['--role-assignment', `Reader@${group}`];
    const AZ_FAILS = 'ad app federated-credential create|Insufficient privileges to complete the operation.|9';
    const first = await world.init([...main, ...roles, '--yes'], { AZ_FAILS });
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain('Insufficient privileges to complete the operation.');
    expect(first.stderr).toContain('Done: application octo/app; service principal of the application.');
    expect(first.stderr).toMatch(
      /Left: federated credential .*; role Reader on .*; \.github\/workflows\/deploy\.yml\./,
    );
    expect(existsSync(join(world.folder, '.github'))).toBe(false);
    // It may be anybody's by its name.
    const unnamed = await world.init([...main, ...roles, '--yes', '--json']);
    expect(unnamed).toMatchObject({ exitCode: 2, stdout: '' });
    const [, named = ''] = /name it: (--application [\w-]{36})/.exec(unnamed.stderr) ?? [];
    const second = await world.init([...main, ...named.split(' '), ...roles, '--yes', '--json']);
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(second.stdout).map(([, state]: [string, string]) => state)).toEqual([
      ...['exists', 'exists', 'create', 'create', 'create'],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a warning before it', 'WARNING: a new version is there.\n…'],
    ['half of it', 'cut'],
  ])('says what is done and what is left where a create prints %s', async (_what, printed) => {
    await using world = await signedIn();
    const first = await world.init([...main, '--yes'], { AZ_PRINTS: JSON.stringify(['ad sp create', printed]) });
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/^The answer of "az ad sp create .*" cannot be read\. \[ANSWER_MALFORMED\]/);
    expect(first.stderr).toContain('Done: application octo/app.');
    expect(first.stderr).toContain('Not known, and probably done: service principal of the application.');
    expect(first.stderr).toMatch(/Left: service principal of the application; federated credential .*; \.github/);
    const second = await world.init([...main, '--yes', '--json']);
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(second.stdout).map(([, state]: [string, string]) => state)).toEqual([
      ...['exists', 'exists', 'create', 'create'],
    ]);
  });

  it('makes nothing where what is asked prints a page of a proxy', async () => {
    await using world = await signedIn();
    const AZ_PRINTS = JSON.stringify(['ad app list', '<!DOCTYPE html><title>Sign in</title>']);
    const { exitCode, stdout, stderr } = await world.init([...main, '--yes'], { AZ_PRINTS });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^The answer of "az ad app list .*" cannot be read\. \[ANSWER_MALFORMED\]/);
    expect(stderr).toContain('It is no JSON: <!DOCTYPE html>');
    expect(world.calls()).toEqual(reading);
  });

  it('says who else is an application that is there, or may make themselves so', async () => {
    const others = {
      ...{ federatedCredentials: [trusting(1), trusting(2)], owners: ['mona@contoso.com', 'hubot@contoso.com'] },
      ...{ secrets: ['2099-05-01T10:00:00Z', '2026-02-03T00:00:00Z'], certificates: ['2099-01-01T00:00:00Z'] },
    };
    await using world = await signedIn([{ ...called(ids.machine), ...others }]);
    const { exitCode, stdout } = await world.init([...main, '--plan-only', '--json']);
    expect(exitCode).toBe(0);
    const [application, , credential] = JSON.parse(stdout).steps;
    expect(application.notes).toEqual([
      'Whoever has one of its 2 client secrets is the application as well: expired 2026-02-03, until 2099-05-01.',
      'Whoever has its certificate is the application as well: until 2099-01-01.',
      'Its owners may give themselves a secret or a federated credential: mona@contoso.com, hubot@contoso.com.',
    ]);
    expect(credential.notes).toMatchObject([
      expect.stringMatching(/^Allowed: /),
      `Allowed already, by credential-1: repo:octo/lib-1:ref:refs/heads/main of ${hub}`,
      `Allowed already, by credential-2: repo:octo/lib-2:ref:refs/heads/main of ${hub}`,
      'With it the application has 3 of 20.',
    ]);
    const AZ_FAILS = 'owner list|Insufficient privileges to complete the operation.|9';
    const unseen = await world.init([...main, '--plan-only'], { AZ_FAILS });
    expect(unseen.stdout).toContain('Its owners are not known: they are not shown to who is signed in.');
  });

  it('tries again what the directory does not know everywhere yet, and nothing else', async () => {
    await using world = await signedIn();
    const message = "The appId 'x' of the service principal does not reference a valid application object.";
    const { exitCode, stderr } = await world.init([...main, '--yes'], { AZ_FAILS: `ad sp create|${message}|1` });
    expect({ exitCode, stderr: stderr.match(/tried again in \d+ s/g) }).toEqual({
      exitCode: 0,
      stderr: ['tried again in 1 s'],
    });
    expect(world.calls().filter((one) => one === 'ad sp create')).toHaveLength(2);
  });

  it.each([
    [
      'another tenant',
      [{ ...account, tenantId: ids.project }],
      `signed in to the tenant ${ids.project}, not ${ids.tenant}`,
      2,
    ],
    [
      'another subscription alone',
      [{ ...account, id: ids.project }],
      `Subscription '${ids.subscription}' not found`,
      1,
    ],
    ['another cloud', [{ ...account, environmentName: 'AzureChinaCloud' }], 'trust entra --cloud azurechinacloud', 2],
    ['nobody', [], "Please run 'az login'", 1],
    [
      'a subscription of another tenant',
      [
        { ...account, id: ids.project },
        { ...account, tenantId: ids.project },
      ],
      `is of the tenant ${ids.project}`,
      2,
    ],
  ])('makes nothing where az is signed in as %s', async (_what, accounts, message, exitCode) => {
    await using world = await signedIn();
    const ended = await world.init([...main, '--yes'], { AZ_ACCOUNTS: JSON.stringify(accounts) });
    expect(ended).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(message) });
    expect(world.calls().every((one) => one === 'account show')).toBe(true);
  });

  it('uses the subscription that is asked for where another is the default', async () => {
    await using world = await signedIn();
    const AZ_ACCOUNTS = JSON.stringify([{ ...account, id: ids.project, name: 'Other' }, account]);
    const { exitCode, stdout } = await world.init([...main, '--plan-only'], { AZ_ACCOUNTS });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('subscription Production') });
  });

  it.each([
    [['--tenant-id', 'contoso'], 'is not a tenant, a GUID'],
    [['--display-name', '@/etc/passwd'], 'is not a name'],
    [['--display-name', "o'brien"], 'is not a name'],
    [['--display-name', 'x', '--application', ids.app], '--display-name does not go with --application.'],
    [['--role-assignment', 'Reader'], 'is not a role and where it is assigned'],
    [['--role-assignment', `Reader@${group}/../other`], 'is not a role and where it is assigned'],
    [['--role-assignment', `Reader@${group}/providers/Microsoft.Web`], 'is not a role and where it is assigned'],
    [['--role-assignment', `Reader@${group.replace(ids.subscription, ids.project)}`], 'is not in the subscription'],
    [['--service-connection', 'azure prod '], 'is not the name of a service connection'],
    [['--service-connection', ' azure prod'], 'is not the name of a service connection'],
    [['--service-connection', 'x'], '--service-connection goes with --azure-pipelines.'],
    [['--role', 'deploy'], '--role goes with --cloud aws.'],
  ])('takes no %j', async (args, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'init-'));
    const ended = await runCommand([...main, ...args], { PATH: '/nowhere' }, folder);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('fedbridge init --cloud azure for Azure Pipelines', () => {
  const pipelineJob = { organization: 'contoso', project: 'web', pipeline: 'release' };

  it('makes the service connection, and the credential for the subject that Azure DevOps gives it', async () => {
    await using world = await signedIn();
    const { emulator, folder, init } = world;
    const first = await init([...pipelines, '--role-assignment', `Reader@${group}`, '--yes']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('create  service connection azure prod of contoso/web');
    const text = readFileSync(join(folder, 'azure-pipelines.yml'), 'utf8');
    expect(parse(text).steps[0]).toEqual({
      task: 'FedbridgeEntraToken@1',
      inputs: { azureSubscription: 'azure prod', export: 'azure-cli' },
    });
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['azure prod'] });
    const [, id = ''] = /ENDPOINT_DATA_([\da-f-]{36})_/i.exec(Object.keys(environment).join(' ')) ?? [];
    const input = text.replace('azure prod', id);
    expect(await ranAs(emulator, false, environment, input)).toBe('');

    const again = await init([...pipelines, '--role-assignment', `Reader@${group}`, '--json']);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(steps(again.stdout)).toEqual([
      ['application contoso/web, GUID', 'exists', true],
      ['service principal of the application, GUID', 'exists', true],
      ['service connection azure prod of contoso/web, GUID', 'exists', true],
      ['federated credential contoso-web-azure-prod', 'exists', true],
      [`role Reader on ${group.replace(ids.subscription, 'GUID')}`, 'exists', true],
      ['azure-pipelines.yml', 'exists', true],
    ]);
    expect(JSON.parse(again.stdout).about.for).toMatch(
      /^\/eid1\/c\/pub\/t\/.* of https:\/\/login\.microsoftonline\.com\//,
    );
  });

  it('takes a connection that is there, with its application, and no other', async () => {
    await using world = await signedIn();
    const theirs = pipelines.map((one) => (one === 'azure prod' ? 'theirs' : one));
    const { exitCode, stdout } = await world.init([...theirs, '--json', '--plan-only']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).about.for).toContain(subjects.newConnection);
    expect(steps(stdout)[0]).toEqual(['application stranger, GUID', 'exists', true]);
    const other = await world.init([...theirs, '--application', ids.app]);
    expect(other.stderr).toContain(`is of the application ${ids.stranger}, not ${ids.app}`);
    const elsewhere = await world.init(pipelines.map((one) => (one === 'azure prod' ? 'elsewhere' : one)));
    expect(elsewhere.stderr).toContain(`is for the tenant ${ids.project}, not ${ids.tenant}`);
    const named = await world.init([...theirs, '--display-name', 'platform']);
    expect(named.stderr).toContain('is of the application "stranger", not "platform"');
    const elsewhereInAll = await world.init([
      ...pipelines.map((one) => (one === 'azure prod' ? 'other' : one)),
      ...['--application', ids.app],
    ]);
    expect(elsewhereInAll).toMatchObject({ exitCode: 2, stdout: '' });
    for (const what of [
      `is for the cloud AzureUSGovernment, not AzureCloud`,
      `and for the subscription ${ids.project}, not ${ids.subscription}`,
      `and of the application ${ids.stranger}, not ${ids.app}`,
    ])
      expect(elsewhereInAll.stderr).toContain(what);
    const otherType = await world.init(theirs, {
      AZ_PRINTS: JSON.stringify([
        'endpointNames',
        JSON.stringify({ value: [{ id: ids.app, name: 'theirs', type: 'github' }] }),
      ]),
    });
    expect(otherType).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('of the type github, not azurerm'),
    });
    const two = await world.init([...theirs, '--pipeline', 'release']);
    expect(two).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('do not go with it') });
  });

  it('takes one on the Azure DevOps issuer by its name, and asks for one where none is named', async () => {
    await using world = await signedIn();
    const { emulator, folder, init } = world;
    const own = ['init', '--azure-pipelines', 'contoso/web', '--organization-id', ids.organization, ...target];
    const old = ['--connection', 'former', '--application', ids.stranger];
    expect(await init([...own, ...old, '--yes'])).toMatchObject({ exitCode: 0 });
    const text = readFileSync(join(folder, 'azure-pipelines.yml'), 'utf8');
    expect(parse(text).steps[0].inputs).toEqual({ azureSubscription: 'former', export: 'azure-cli' });
    const { environment } = emulator.startAzurePipelinesJob({ ...pipelineJob, connections: ['former'] });
    expect(await ranAs(emulator, false, environment, text.replace('former', ids.machine))).toBe('');
    const pipeline = await init([...own, '--pipeline', 'release', '--yes']);
    expect(pipeline).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--service-connection <name>') });
  });
});

describe('fedbridge init --cloud azure --terraform', () => {
  const written = async (args: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'init-'));
    const { stdout, stderr, exitCode } = await runCommand([...args, '--terraform'], { PATH: '/nowhere' }, folder);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return stdout;
  };
  const blocks = (text: string) => text.match(/^(?:resource|data|output) .*(?= \{$)/gm);

  it('writes all of it, and asks nobody', async () => {
    const text = await written([...main, '--role-assignment', `Reader@${group}`]);
    expect(blocks(text)).toEqual([
      'resource "azuread_application" "fedbridge"',
      'resource "azuread_service_principal" "fedbridge"',
      'resource "azuread_application_federated_identity_credential" "fedbridge"',
      'resource "azurerm_role_assignment" "fedbridge"',
      'output "client_id"',
    ]);
    expect(text).toContain('sign_in_audience = "AzureADMyOrg"');
    expect(text).toContain('subject        = "repo:octo@65001/app@724113:ref:refs/heads/main"');
    expect(text).toContain('application_id = azuread_application.fedbridge.id');
    expect(text).toContain(`scope                = "${group}"`);
  });

  it('of an application that is there, and with a service connection', async () => {
    expect(await written([...main, '--application', ids.app])).toContain('use_existing = true');
    const text = await written(pipelines);
    expect(blocks(text)).toEqual([
      'resource "azuread_application" "fedbridge"',
      'resource "azuread_service_principal" "fedbridge"',
      'data "azuredevops_project" "fedbridge"',
      'data "azurerm_subscription" "fedbridge"',
      'resource "azuredevops_serviceendpoint_azurerm" "fedbridge"',
      'resource "azuread_application_federated_identity_credential" "fedbridge"',
      'output "client_id"',
    ]);
    expect(text).toContain(
      'subject        = azuredevops_serviceendpoint_azurerm.fedbridge.workload_identity_federation_subject',
    );
    expect(text).not.toContain('<subject>');
  });
});

const hasAz = spawnSync('az', ['version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasAz)(
  'fedbridge init --cloud azure with the Azure CLI, unchanged (skipped: no "az" on the path)',
  () => {
    it('makes all of it under the real names, and finds it again', async () => {
      await using emulator = await startEmulator({ setup: { tenants: [tenant], organizations }, names: 'real' });
      const folder = mkdtempSync(join(tmpdir(), 'init-az-'));
      const certificates = join(folder, 'ca.pem');
      writeFileSync(certificates, emulator.ca ?? '');
      mkdirSync(join(folder, '.azure'));
      const environment: Variables = {
        ...{ PATH: process.env.PATH ?? '', AZURE_CONFIG_DIR: join(folder, '.azure'), REQUESTS_CA_BUNDLE: certificates },
        ...{ https_proxy: emulator.proxy ?? '', HTTPS_PROXY: emulator.proxy ?? '', no_proxy: '127.0.0.1' },
        ...{ AZURE_CORE_COLLECT_TELEMETRY: 'false', AZURE_CORE_INSTANCE_DISCOVERY: 'false' },
      };
      const job = emulator.startGitHubJob({ repository: 'octo/platform' });
      const token = await gitHubToken(job.environment, 'api://AzureADTokenExchange');
      const login = ['login', '--service-principal', '-u', ids.app, '-t', ids.tenant, '--federated-token', token];
      expect(await run('az', login, environment)).toMatchObject({ exitCode: 0 });
      const args = [...pipelines, '--role-assignment', `Reader@${group}`];
      const first = await runCommand([...args, '--yes'], environment, folder);
      expect(first).toMatchObject({ exitCode: 0, stderr: '' });
      const again = await runCommand([...args, '--json'], environment, folder);
      expect(again).toMatchObject({ exitCode: 0, stderr: '' });
      expect(steps(again.stdout).every(([, state]: [string, string]) => state === 'exists')).toBe(true);
      const flexible = ['init', ...jobs, '--any-ref', ...target, '--file', 'any.yml'];
      expect(await runCommand([...flexible, '--yes'], environment, folder)).toMatchObject({ exitCode: 0 });
      const known = await runCommand([...flexible, '--json'], environment, folder);
      expect(steps(known.stdout).every(([, state]: [string, string]) => state === 'exists')).toBe(true);
    });
  },
);
