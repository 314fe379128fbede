/**
 * Tests as well:
 * - packages/cli/src/commands/trust/job-options.ts
 * - packages/cli/src/commands/trust/write.ts
 * - packages/trust/src/job-kinds/azure-pipelines.ts
 * - packages/trust/src/job-kinds/github.ts
 * - packages/trust/src/job-kinds/job-kind.ts
 * - packages/trust/src/job-kinds/service-account.ts
 * - packages/trust/src/job-kinds/subject.ts
 */

import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../harness/cli.ts';
import { ids } from '../harness/setup.ts';

const aws = ['trust', 'aws', '--account', ids.account];
const entra = ['trust', 'entra'];
const expression = ['--github', 'octo/app', '--owner-id', '1', '--repository-id', '2', '--any-ref', '--format', 'az'];
const identity = ['--issuer', `https://login.microsoftonline.com/${ids.tenant}/v2.0`, '--subject', ids.organization];
const client = ids.tenant.toUpperCase();

const fedbridge = (args: readonly string[]) => runCommand(args, {}, tmpdir());

describe('fedbridge trust says why nothing is written', () => {
  it.each([
    [[...aws, '--github=-octo/app', '--branch', 'main'], '--github takes owner/repository'],
    [[...aws, '--github', 'octo/app.wiki', '--branch', 'main'], '--github takes owner/repository'],
    [[...aws, '--github', 'https://gitlab.com/octo/app', '--branch', 'main'], 'gitlab.com is GitLab'],
    [[...entra, '--github', 'git@bitbucket.org:octo/app.git', '--branch', 'main'], 'bitbucket.org is Bitbucket'],
    [[...aws, '--github', 'https://dev.azure.com/contoso/web', '--branch', 'main'], 'say --azure-pipelines'],
    [
      [...aws, '--github', 'octo/app', '--branch', 'm', '--issuer', 'https://gitlab.com'],
      'No token of GitLab CI/CD has',
    ],
    [[...aws, '--service-account', 'a/b', '--issuer', 'https://gitlab.com'], 'No token of GitLab CI/CD has'],
    [
      [...aws, '--azure-pipelines', 'contoso/web', '--pipeline', 'p', '--issuer', 'https://dev.azure.com/contoso'],
      'issuers of that host are https://vstoken.dev.azure.com/<organization id>',
    ],
    [[...aws, ...identity], 'AWS compares the azp'],
    [[...entra, ...identity, '--azp', client], "unknown option '--azp'"],
    [[...aws, '--github', 'o/r', '--branch', 'm', '--azp', client], '--azp does not go with --github'],
  ])('%j: %s', async (args, message) => {
    const { exitCode, stdout, stderr } = await fedbridge(args);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(stderr).not.toContain('_services/token');
  });
});

describe('fedbridge trust writes', () => {
  it('for a managed identity what its tokens have, and nothing of Azure DevOps', async () => {
    const written = await fedbridge([...aws, ...identity, '--azp', client]);
    expect(JSON.parse(written.stdout).provider.ClientIDList).toEqual([ids.tenant]);
    expect(written.stdout).not.toContain('499b84ac');
    const credential = await fedbridge([...entra, ...identity]);
    expect(JSON.parse(credential.stdout)).toMatchObject({ audiences: ['api://AzureADTokenExchange'] });
  });

  it.each([
    ['azurecloud', 'https://graph.microsoft.com/beta/'],
    ['azureusgovernment', 'https://graph.microsoft.us/beta/'],
    ['azurechinacloud', 'https://microsoftgraph.chinacloudapi.cn/beta/'],
  ])('commands for Microsoft Graph of %s', async (cloud, address) => {
    const { stdout, stderr } = await fedbridge([...entra, ...expression, '--cloud', cloud]);
    expect(stdout.match(/https:\/\/[\w.]*graph[\w.]*\/beta\//g)).toEqual([address, address]);
    expect(stderr.includes('dod-graph.microsoft.us')).toBe(cloud === 'azureusgovernment');
  });
});
