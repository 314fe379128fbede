/**
 * Tests as well:
 * - packages/cli/src/commands/emulator/additions.ts
 * - packages/cli/src/commands/emulator/allow.ts
 * - packages/cli/src/commands/emulator/own-policy.ts
 * - packages/cli/src/commands/emulator/tell-denials.ts
 * - packages/cli/src/replaced-file.ts
 * - packages/emulator/src/config/starter.ts
 * - packages/emulator/src/page/denials.ts
 */
import { chmodSync, mkdtempSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cliScript, runCommand } from '../harness/cli.ts';
import { allPorts, emulatorFolder, startEmulatorCommand } from '../harness/emulator-command.ts';
import { ids } from '../harness/setup.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const fedbridge = [process.execPath, cliScript];
const assume = ['aws-credentials', '--role-to-assume', role, '--aws-region', 'eu-central-1'];
const feature = 'repo:octo/app:ref:refs/heads/feature';

const allow = (folder: string, ...args: readonly string[]) => runCommand(['emulator', 'allow', ...args], {}, folder);
const run = (folder: string, job: readonly string[], command: readonly string[] = assume) =>
  runCommand(['emulator', 'run', ...job, '--', ...fedbridge, ...command], {}, folder);
const configOf = (folder: string) => join(folder, 'emulator.yaml');
const read = (folder: string) => readFileSync(configOf(folder), 'utf8');

/** A configuration that is changed, as an object. */
async function changed(change: (config: ReturnType<typeof parse>, folder: string) => void): Promise<string> {
  const folder = await emulatorFolder();
  const config = parse(read(folder));
  change(config, folder);
  writeFileSync(configOf(folder), JSON.stringify(config, null, 2));
  return folder;
}

describe('allow', () => {
  it('adds one statement, for this job alone, leaves the rest as it is, and does nothing the second time', async () => {
    const folder = await emulatorFolder();
    chmodSync(configOf(folder), 0o640);
    const before = read(folder);
    expect(await allow(folder, '--job', 'feature', role)).toMatchObject({
      exitCode: 0,
      stdout: `Allowed: AWS STS gives ${role} to this job now.
  issuer    https://token.actions.githubusercontent.com
  subject   ${feature}
  audience  sts.amazonaws.com
Changed: emulator.yaml
`,
    });
    const after = read(folder);
    const lines = after.split('\n');
    for (const line of before.split('\n')) expect(lines).toContain(line);
    expect(parse(after).accounts[0].roles[0].trustPolicy.Statement).toHaveLength(2);
    expect(statSync(configOf(folder)).mode & 0o777).toBe(0o640);
    expect(await run(folder, ['--job', 'feature'])).toMatchObject({ exitCode: 0 });
    expect(await run(folder, ['--job', 'main', '--set', 'ref=refs/heads/other'])).toMatchObject({ exitCode: 1 });
    expect((await allow(folder, '--job', 'feature', role)).stdout).toBe(`${feature} is allowed ${role} already.\n`);
    expect(read(folder)).toBe(after);
  });

  it('adds a provider and an audience that are missing, in the file of the policy and in the configuration', async () => {
    const folder = await changed(({ accounts: [account] }, own) => {
      writeFileSync(
        join(own, 'role.json'),
        JSON.stringify({ Role: { AssumeRolePolicyDocument: account.roles[0].trustPolicy } }),
      );
      account.roles[0].trustPolicy = 'role.json';
      account.oidcProviders = [];
    });
    const { exitCode, stdout } = await allow(folder, '--job', 'feature', role);
    expect({ exitCode, changed: stdout.trim().split('\n').at(-1) }).toEqual({
      exitCode: 0,
      changed: 'Changed: emulator.yaml, role.json',
    });
    expect(await run(folder, ['--job', 'feature'])).toMatchObject({ exitCode: 0 });
    // Another audience of the same issuer.
    expect(await allow(folder, '--job', 'feature', '--audience', 'mine', role)).toMatchObject({ exitCode: 0 });
    const audience = [...assume, '--audience', 'mine'];
    expect(await run(folder, ['--job', 'feature'], audience)).toMatchObject({ exitCode: 0 });
  });

  it('takes one credential in a file for the first of two', async () => {
    const folder = await changed(({ tenants: [{ applications }] }, own) => {
      writeFileSync(join(own, 'credential.json'), JSON.stringify(applications[0].federatedCredentials[0]));
      applications[0].federatedCredentials = 'credential.json';
    });
    expect(await allow(folder, '--job', 'feature', ids.app.toUpperCase())).toMatchObject({ exitCode: 0 });
    const ask = ['token', '--client-id', ids.app, '--tenant-id', ids.tenant];
    expect(await run(folder, ['--job', 'feature'], ask)).toMatchObject({ exitCode: 0 });
    expect(await run(folder, ['--job', 'main'], ask)).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [
      'would be denied by another statement',
      ['feature', role],
      'Statement 2 denies it, whatever others allow.',
      (policy: { Statement: object[] }) => {
        const Condition = { StringLike: { 'token.actions.githubusercontent.com:sub': '*feature' } };
        policy.Statement.push({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity', Condition });
      },
    ],
    [
      'names a role that there is not',
      ['feature', `${role}s`],
      `There is no role ${role}s in the configuration.`,
      undefined,
    ],
    [
      'names an application that there is not',
      ['feature', ids.stranger],
      `No application ${ids.stranger} is configured.`,
      undefined,
    ],
    ['names a job that there is not', ['faeture', role], 'There is no job "faeture"', undefined],
  ] as const)('changes nothing where it %s', async (_what, [job, wanted], why, change) => {
    const folder = await changed(({ accounts }) => change?.(accounts[0].roles[0].trustPolicy));
    const before = read(folder);
    const { exitCode, stdout, stderr } = await allow(folder, '--job', job, wanted);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(read(folder)).toBe(before);
  });

  it('says what to add by hand to what is no list, and to a link', async () => {
    const folder = await emulatorFolder();
    const single = read(folder).replace(/Statement:\n( +)- Effect: Allow\n/, 'Statement:\n$1  Effect: Allow\n');
    writeFileSync(configOf(folder), single);
    const { exitCode, stderr } = await allow(folder, '--job', 'feature', role);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'Nothing was changed. accounts.0.roles.0.trustPolicy.Statement is not written as a plain list',
    );
    expect(stderr).toContain(`"token.actions.githubusercontent.com:sub": "${feature}"`);
    expect(read(folder)).toBe(single);
    const linked = await emulatorFolder();
    renameSync(configOf(linked), join(linked, 'own.yaml'));
    symlinkSync('own.yaml', configOf(linked));
    expect(await allow(linked, '--job', 'feature', role)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it is a link, or no plain file'),
    });
    expect(await allow(linked, '--config', 'own.yaml', '--job', 'feature', role)).toMatchObject({ exitCode: 0 });
  });
});

describe('run', () => {
  it('says why it was denied, of an emulator that runs as well, and names the job as it was named', async () => {
    const folder = await emulatorFolder(await allPorts());
    renameSync(configOf(folder), join(folder, 'my own.yaml'));
    const job = ['--config', 'my own.yaml', '--job', 'github', '--set', 'environment=pre prod'];
    const alone = await run(folder, job, [...assume, '--audience', 'mine']);
    await using started = await startEmulatorCommand(folder, ['--config', 'my own.yaml']);
    const ofIt = await run(folder, job, [...assume, '--audience', 'mine']);
    for (const { exitCode, stderr } of [alone, ofIt]) {
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`Why AWS STS denied ${role}:\n`);
      expect(stderr.match(/Why AWS STS/g)).toHaveLength(1);
      expect(stderr.trimEnd().split('\n').at(-1)?.trim()).toBe(
        `fedbridge emulator allow --config 'my own.yaml' --job github --set 'environment=pre prod' --audience mine ${role}`,
      );
    }
    expect(started.urls.Page).toMatch(/^http/);
    const fixed = ['--config', 'my own.yaml', ...job.slice(2), '--audience', 'mine', role];
    expect(await allow(folder, ...fixed)).toMatchObject({ exitCode: 0 });
    await started.command.says('was read again');
    const again = await run(folder, job, [...assume, '--audience', 'mine']);
    expect({ exitCode: again.exitCode, why: again.stderr.includes('Why') }).toEqual({ exitCode: 0, why: false });
  });

  it('has no fix where there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
    await runCommand(['emulator', 'init', '--platform', 'azure-pipelines'], {}, folder);
    const ask = ['token', '--client-id', ids.app, '--tenant-id', ids.tenant];
    const { stderr } = await run(folder, ['--job', 'release'], ask);
    expect(stderr).toContain(`Why Microsoft Entra denied ${ids.app}:`);
    expect(stderr).not.toContain('emulator allow');
    const { stderr: noRole } = await run(
      folder,
      ['--job', 'release'],
      assume.map((word) => word.replace('/deploy', '/none')),
    );
    expect(noRole).toContain(`There is no role ${role.replace('deploy', 'none')} in the configuration.`);
    expect(noRole).not.toContain('emulator allow');
  });
});

describe('init', () => {
  const made = async (...args: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
    return { folder, ...(await runCommand(['emulator', 'init', ...args], {}, folder)) };
  };

  it.each(['github', 'azure-pipelines', 'gitlab'])(
    'of %s: what it prints is allowed, the other jobs are not',
    async (platform) => {
      const { folder, stderr } = await made('--platform', platform);
      const printed = [...stderr.matchAll(/--job (\S+) -- fedbridge (.*)$/gm)];
      expect(printed).toHaveLength(2);
      for (const [, job = '', command = ''] of printed)
        expect(await run(folder, ['--job', job], command.split(' '))).toMatchObject({ exitCode: 0 });
      const allowed = printed.map(([, job]) => job);
      const others = Object.keys(parse(read(folder)).jobs).filter((name) => !allowed.includes(name));
      expect(others).not.toEqual([]);
      for (const job of others) expect(await run(folder, ['--job', job])).toMatchObject({ exitCode: 1 });
    },
  );

  const policy = (sub: string, provider = 'token.actions.githubusercontent.com') => ({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${provider}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${provider}:sub`]: sub }, StringEquals: { [`${provider}:aud`]: 'mine' } },
    },
  });
  const withPolicy = async (document: object, ...args: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(document));
    return {
      folder,
      ...(await runCommand(['emulator', 'init', '--trust-policy', 'policy.json', ...args], {}, folder)),
    };
  };

  it.each([
    ['repo:acme/shop:*', { repository: 'acme/shop' }],
    ['repo:acme/*:ref:refs/heads/main', { repository: 'acme/app' }],
    ['repo:acme@12/shop@34:*', { repository: 'acme/shop', ownerId: '12', repositoryId: '34', immutableSubject: true }],
  ])('takes account, audience, role and repository from a policy that names %s', async (sub, job) => {
    const { folder, exitCode } = await withPolicy({ Role: { RoleName: 'own', AssumeRolePolicyDocument: policy(sub) } });
    expect(exitCode).toBe(0);
    const { accounts, jobs } = parse(read(folder));
    expect(accounts).toMatchObject([
      {
        id: '210987654321',
        oidcProviders: [{ clientIds: ['mine'] }],
        roles: [{ name: 'own', trustPolicy: 'policy.json' }],
      },
    ]);
    expect(jobs.main.github).toEqual({ ...job, ref: 'refs/heads/main' });
    const ask = assume.map((word) => word.replace(role, 'arn:aws:iam::210987654321:role/own'));
    expect(await run(folder, ['--job', 'main'], [...ask, '--audience', 'mine'])).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['is none', {}, 'has no trust policy'],
    ['is of another platform', policy('x', 'gitlab.com'), 'allows no OIDC provider of GitHub Actions'],
    ['IAM would reject', { Version: '2012-10-17', Statement: [{}] }, 'IAM would reject policy.json'],
  ])('writes nothing with a policy that %s', async (_what, document, why) => {
    const { folder, exitCode, stderr } = await withPolicy(document);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(why) });
    expect(() => read(folder)).toThrow();
  });

  it('takes a platform or a policy', async () => {
    const { exitCode, stderr } = await withPolicy(policy('repo:acme/shop:*'), '--platform', 'github');
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('--trust-policy') });
  });
});
