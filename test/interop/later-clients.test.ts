import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { machineEnvironment, type Variables } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';
import { namedRoles, sharedSetup } from '../harness/setup.ts';

/** A program of a later script, built from test/interop/go; `.ci/run` puts it on the path. */
const goClient = 'interop-client';
const hasGo = spawnSync(goClient, ['none']).error === undefined;
const run = promisify(execFile);

interface Left {
  readonly emulator: Emulator;
  readonly environment: Variables;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a step leaves for later scripts, over TLS: Azure's clients want no other authority. */
async function leave(journey: Journey, given: Variables): Promise<Left> {
  const emulator = await startEmulator({ setup: sharedSetup, tls: journey.cloud === 'Entra' });
  const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
  writeFileSync(ca, emulator.ca ?? '');
  const trusted = emulator.ca ? { NODE_EXTRA_CA_CERTS: ca } : {};
  const inputs = Object.assign({}, ...Object.entries(given).map(([name, value]) => input(journey, name, value)));
  const step = journey.start(emulator, { inputs, environment: trusted });
  const { exported, error } = await step.run();
  if (error) throw new Error(error);
  const cas = emulator.ca ? { SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca } : {};
  const cloud = {
    AWS_ENDPOINT_URL_STS: emulator.urls.sts,
    AWS_EC2_METADATA_DISABLED: 'true',
    AUTHORITY: emulator.urls.entra,
  };
  return {
    emulator,
    environment: { ...machineEnvironment(step.home), ...cas, ...cloud, ...exported },
    [Symbol.asyncDispose]: async () => {
      await step.cleanUp();
      await emulator.close();
    },
  };
}

const answer = async (program: string, args: readonly string[], env: Variables) =>
  (await run(program, [...args], { env })).stdout.trim();

const clients = [
  { title: 'Go (skipped: test/interop/go is not built)', isThere: hasGo, language: 'go' },
  {
    title: 'Python (skipped: boto3 is not installed)',
    isThere: pythonHas('boto3'),
    language: 'python',
  },
] as const;

describe.each(clients)('$title', ({ isThere, language }) => {
  const callerIdentity = (env: Variables) =>
    language === 'go'
      ? answer(goClient, ['aws-sdk'], env)
      : answer(python, [join(import.meta.dirname, 'boto3-client.py')], env);

  describe.skipIf(!isThere).each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
    it.concurrent.each([
      ['by default', {}, {}],
      ['kept fresh', { 'keep-fresh': 'true' }, {}],
      ['as a named role', { 'aws-profile': 'ci' }, { AWS_PROFILE: 'ci' }],
    ])('the AWS SDK reads what is delivered %s', async (_title, given, more) => {
      await using left = await leave(journey, given);
      expect(await callerIdentity({ ...left.environment, ...more })).toContain(':assumed-role/deploy/');
    });

    it.concurrent('the AWS SDK is each of several roles', async () => {
      const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
      await using left = await leave(journey, { 'role-to-assume': '', roles: roles.join('\n') });
      for (const [name, arn] of Object.entries(namedRoles)) {
        const who = await callerIdentity({ ...left.environment, AWS_PROFILE: name });
        expect(who).toContain(`:assumed-role/${arn.split('/')[1]}/`);
      }
    });
  });
});
