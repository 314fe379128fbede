/** Clients that run for longer than what the step got is valid, and after the job. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type AzureClient, azureJob, kubelogin, workloadIdentityInRust } from '../harness/azure-clients.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { ids, sharedSetup } from '../harness/setup.ts';

/** What each session and ID token lives, in seconds of the real clock, which brokers go by. */
const lifetime = 15;

const hasRust = spawnSync('interop-rust').error === undefined;
const hasRuby = spawnSync('ruby', ['-raws-sdk-core', '-e', '']).status === 0;
const awsClients = [
  {
    title: `the AWS SDK for Rust, from the container${hasRust ? '' : ' (skipped: test/interop/rust is not built)'}`,
    isThere: hasRust,
    program: 'interop-rust',
    args: ['aws-sdk-again'],
    inputs: {},
  },
  {
    title: `the AWS SDK for Ruby, from the profile's process${hasRuby ? '' : ' (skipped: ruby-aws-sdk-core is not installed)'}`,
    isThere: hasRuby,
    program: 'ruby',
    args: [join(import.meta.dirname, 'aws/client-again.rb')],
    inputs: { 'aws-profile': 'ci' },
  },
];

describe.concurrent.each(awsClients)('$title', ({ isThere, program, args, inputs: more }) => {
  const journeys = mainJourneys.filter(({ cloud }) => cloud === 'AWS');
  it.skipIf(!isThere).each(journeys)(
    '$title: is the role past the first expiry, and nobody after the job',
    async (journey) => {
      await using emulator = await startEmulator({ setup: shortSessions });
      const given = Object.entries({ 'keep-fresh': 'true', ...more }).map(([name, value]) =>
        input(journey, name, value),
      );
      const step = journey.start(emulator, { inputs: Object.assign({}, ...given) });
      const { error, exported } = await step.run();
      expect(error).toBeUndefined();
      const cloud = { AWS_EC2_METADATA_DISABLED: 'true', ...('aws-profile' in more ? { AWS_PROFILE: 'ci' } : {}) };
      const environment = { ...machineEnvironment(step.home), ...cloud, ...exported };
      const start = () => startAsking(program, [...args, emulator.urls.sts], environment);
      const client = start();
      expect(await client.ask()).toContain(':assumed-role/deploy/');
      await outlive(emulator);
      expect(await client.ask()).toContain(':assumed-role/deploy/');
      const keys = keysShown(emulator);
      expect(keys.at(-1)).not.toBe(keys[0]);
      client.end();
      expect((await step.cleanUp()).exitCode).toBe(0);
      const after = start();
      expect(await after.ask()).not.toContain(':assumed-role/');
      after.end();
    },
  );
});

const azureClients: readonly AzureClient[] = [workloadIdentityInRust, kubelogin('workloadidentity')];

describe.concurrent.each(azureClients)('$title', ({ title, isThere, token }) => {
  const skipped = isThere ? '' : ` (skipped: no ${title})`;
  const platforms = ['GitHub Actions', 'Azure Pipelines'] as const;
  it.skipIf(!isThere).each(platforms)(
    `%s: is the application past the first ID token's expiry where it is kept fresh${skipped}`,
    async (platform) => {
      const inputs = { export: 'azure-sdk', 'keep-fresh': 'true' };
      await using job = await azureJob(platform, { inputs, lifetimeSeconds: lifetime });
      expect(job.run.error).toBeUndefined();
      await outlive(job.emulator);
      expect(decodeJwt(await token(job.environment)).appid).toBe(ids.app);
    },
  );

  // On GitHub kubelogin reads no file: it asks for an ID token itself.
  const once = title.startsWith('kubelogin') ? platforms.slice(1) : platforms;
  it.skipIf(!isThere).each(once)(
    `%s: is denied once the ID token has expired where it is not${skipped}`,
    async (platform) => {
      await using job = await azureJob(platform, { inputs: { export: 'azure-sdk' } });
      expect(job.run.error).toBeUndefined();
      job.emulator.clock.advance(7200);
      await expect(token(job.environment)).rejects.toThrow(/AADSTS700024/);
    },
  );
});

function shortSessions(urls: EmulatorUrls): Setup {
  const { accounts = [], ...others } = sharedSetup(urls);
  const shorter = accounts.map(({ roles, ...account }) => ({
    ...account,
    roles: roles.map((role) => ({ ...role, sessionSeconds: lifetime })),
  }));
  return { ...others, accounts: shorter };
}

/** Waits until all that has been signed and given has expired. */
async function outlive({ clock }: Emulator): Promise<void> {
  const expiry = clock.seconds() + lifetime;
  while (clock.seconds() <= expiry) await sleep(200);
}

/** The keys that asked who they are, in order. */
function keysShown({ requests }: Emulator): (string | undefined)[] {
  const asking = requests.filter(({ body }) => body.includes('Action=GetCallerIdentity'));
  return asking.map(({ headers }) => /Credential=(\w+)/.exec(String(headers.authorization))?.[1]);
}

/** A program that answers each line of its stdin with one; its end and what it says of it is an answer too. */
function startAsking(program: string, args: readonly string[], env: Variables) {
  const child = spawn(program, args, { env });
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {});
  return {
    async ask(): Promise<string> {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      return done ? problem : value;
    },
    end: () => child.stdin.end(),
  };
}
