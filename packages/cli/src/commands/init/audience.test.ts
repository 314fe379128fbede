/**
 * The audience that the trust names is the one that the written job has a token for, on each platform and in each cloud.
 *
 * Tests as well:
 * - packages/cli/src/commands/init/aws.ts
 * - packages/cli/src/commands/init/azure.ts
 * - packages/cli/src/commands/init/azure-connection.ts
 * - packages/cli/src/commands/init/job-file.ts
 */

import { parseRegion } from '@fedbridge/aws';
import type { System } from '@fedbridge/core';
import { jobFiles } from '@fedbridge/platforms';
import { describe, expect, it } from 'vitest';
import { SignedIn } from '../../live/signed-in-tool.ts';
import type { Terminal } from '../../terminal.ts';
import { aws } from './aws.ts';
import { azure } from './azure.ts';
import type { InitOptions } from './options.ts';

const [tenantId, subscriptionId, organizationId] = [1, 2, 3].map((one) => `0000000${one}-0000-4000-8000-000000000000`);
const account = '123456789012';

/** A cloud in which somebody is signed in, and nothing else is there. */
function emptyCloud(): SignedIn {
  const answers = {
    'account show': { id: subscriptionId, name: 'x', tenantId, environmentName: 'AzureCloud' },
    'ad app list': [],
    'get-caller-identity': { Account: account, Arn: `arn:aws:iam::${account}:user/mona` },
  };
  const run = async ({ args }: { readonly args: readonly string[] }) => {
    const [, answer] = Object.entries(answers).find(([part]) => args.join(' ').includes(part)) ?? [];
    if (answer) return { exitCode: 0, output: '', bytes: Buffer.from(JSON.stringify(answer)) };
    return { exitCode: 1, output: '(NoSuchEntity)', bytes: Buffer.alloc(0) };
  };
  const terminal = { interruptible: (work: (stop: AbortSignal) => unknown) => work(AbortSignal.any([])), log() {} };
  return new SignedIn(
    { terminal: terminal as unknown as Terminal, system: { run, environment: {} } as unknown as System },
    [],
  );
}

const clouds = { aws, azure };
const inCloud: InitOptions = {
  account,
  awsRegion: parseRegion('eu-central-1'),
  tenantId,
  subscriptionId,
} as InitOptions;
const usual = { aws: 'sts.amazonaws.com', azure: 'api://AzureADTokenExchange' };
const platforms: Readonly<Record<string, InitOptions>> = {
  github: { github: 'octo/app', branch: 'main' },
  'azure-pipelines': { azurePipelines: 'contoso/web', organizationId, connection: 'prod' },
  gitlab: { gitlab: 'acme/web', branch: 'main' },
};

/** What the trust takes, and what the job asks for; undefined where it asks for the usual one. */
async function audiencesOf(cloud: keyof typeof clouds, platform: string, audience?: string) {
  const options = { ...platforms[platform], ...inCloud, ...(audience === undefined ? {} : { audience }) };
  const target = clouds[cloud].target(options);
  const { steps } = await target.plan(emptyCloud(), 0);
  const commands = steps.flatMap(({ command = [] }) => command).join('\n');
  const job = jobFiles.find((one) => one.platform === platform)?.write(options, target.jobStep).whole;
  const inJob = (pattern: RegExp) => pattern.exec(job ?? '')?.[1];
  return {
    trusted: /:aud":"([^"]*)"|"audiences":\["([^"]*)"\]/.exec(commands)?.slice(1).find(Boolean),
    asked: inJob(/^ *audience: (.*)$/m) ?? inJob(/ --audience (\S+)\)$/m),
    given: inJob(/^ *aud: (.*)$/m),
  };
}

const all = Object.keys(platforms).flatMap((platform) => [['aws', platform] as const, ['azure', platform] as const]);

describe('the audience of a job', () => {
  it.each(all)('named, is that of the trust and of the job: %s, %s', async (cloud, platform) => {
    const mine = 'api://my-aud';
    const given = platform === 'gitlab' ? mine : undefined;
    expect(await audiencesOf(cloud, platform, mine)).toEqual({ trusted: mine, asked: mine, given });
  });

  it.each(all)('is the usual one without a word of it: %s, %s', async (cloud, platform) => {
    const trusted = platform === 'azure-pipelines' ? usual.azure : usual[cloud];
    const given = platform === 'gitlab' ? usual[cloud] : undefined;
    expect(await audiencesOf(cloud, platform)).toEqual({ trusted, asked: undefined, given });
  });

  it('is a word of a command, whatever it has in it', () => {
    const options = { ...platforms.gitlab, ...inCloud, audience: "it's; id" };
    for (const cloud of Object.values(clouds))
      expect(cloud.target(options).jobStep.byCommand.script[0]).toContain(" --audience 'it'\\''s; id')");
  });

  it('is not to be named where a service connection says it', () => {
    const { connection: _, ...project } = { ...platforms['azure-pipelines'], ...inCloud, audience: 'x' };
    expect(() => azure.target({ ...project, serviceConnection: 'prod' })).toThrow(
      '--service-connection says the audience too: --audience does not go with it.',
    );
  });
});
