import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { chain, ids, namedRoles, sharedSetup } from '../harness/setup.ts';

const run = promisify(execFile);
const isInstalled = spawnSync('aws', ['--version']).status === 0;

describe.skipIf(!isInstalled)('the AWS CLI, unchanged (skipped: no "aws" on the path)', () => {
  describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
    it.concurrent('reads what is delivered by default', async () => {
      expect(await whoAmI(journey, {})).toMatch(`arn:aws:sts::${ids.account}:assumed-role/deploy/`);
    });

    it.concurrent('reads the profile', async () => {
      expect(await whoAmI(journey, { 'aws-profile': 'ci' })).toMatch(':assumed-role/deploy/');
      expect(await whoAmI(journey, { 'aws-profile': 'ci', 'output-env-credentials': 'false' }, 'ci')).toMatch('deploy');
    });

    it.concurrent('is the last role of a chain', async () => {
      const chained = { 'role-chain': `${chain.first}\n${chain.second}`, 'role-external-id': chain.externalId };
      expect(await whoAmI(journey, chained)).toMatch(`arn:aws:sts::${ids.otherAccount}:assumed-role/publish/`);
    });

    it.concurrent('is each of several named roles', async () => {
      const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
      for (const [name, arn] of Object.entries(namedRoles)) {
        expect(await whoAmI(journey, { roles: roles.join('\n') }, name)).toMatch(`assumed-role/${arn.split('/')[1]}/`);
      }
    });
  });
});

/** Runs a step, then asks the CLI, as a later script of the job does. */
async function whoAmI(journey: Journey, given: Variables, profile?: string): Promise<string> {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs });
  const { exported, error } = await step.run();
  if (error) throw new Error(error);
  const endpoint = { AWS_ENDPOINT_URL_STS: emulator.urls.sts, AWS_EC2_METADATA_DISABLED: 'true' };
  const env = { ...machineEnvironment(step.home), ...exported, ...endpoint };
  const named = profile ? ['--profile', profile] : [];
  const { stdout } = await run('aws', ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text', ...named], {
    env,
  });
  return stdout.trim();
}
