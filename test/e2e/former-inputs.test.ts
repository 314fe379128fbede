/**
 * Tests as well:
 * - packages/steps/src/aws/former-inputs.ts
 * - packages/steps/src/entra/former-inputs.ts
 * - packages/steps/src/token-exchange/former-inputs.ts
 */

import { existsSync, readFileSync } from 'node:fs';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { type Changed, input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { sharedSetup } from '../harness/setup.ts';

const stored = 'a-stored-secret';
/** An input that the step's manifest does not have: both platforms hand it over all the same, under whichever platform's name. */
const handed = (named: Journey['platform'], name: string, value: string) => {
  const camelCase = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { [`INPUT_${(named === 'GitHub Actions' ? name : camelCase).toUpperCase()}`]: value };
};

/** Inputs of the peers, a value, and what is said of it. */
const former: Readonly<
  Record<Journey['cloud'], readonly (readonly [string, string, 'fails' | 'warns' | 'passes', string])[]>
> = {
  AWS: [
    ['aws-access-key-id', stored, 'fails', 'role-?to-?assume'],
    ['aws-secret-access-key', stored, 'fails', 'role-?to-?assume'],
    ['aws-session-token', stored, 'fails', 'role-?chain'],
    ['role-chaining', 'true', 'fails', 'role-?chain'],
    ['role-chaining', 'false', 'passes', ''],
    ['web-identity-token-file', '/token', 'fails', '"identity" to kubernetes'],
    ['force-skip-oidc', 'true', 'fails', '"identity" to aws'],
    ['aws-credentials', 'connection', 'fails', 'role-?to-?assume'],
    ['region-name', 'eu-west-1', 'warns', 'aws-?region'],
    ['aws-command', 's3', 'warns', 'a step after this one'],
    ['inline-script', 'aws s3 ls', 'warns', 'a step after this one'],
  ],
  Entra: [
    ['creds', stored, 'fails', 'client-?id'],
    ['client-secret', stored, 'fails', 'federated credential'],
    ['auth-type', 'IDENTITY', 'fails', '"identity" to managed-identity'],
    ['auth-type', 'SERVICE_PRINCIPAL', 'passes', ''],
    ['enable-azpssession', 'true', 'warns', '"export" to azure-powershell'],
    ['enable-azpssession', 'false', 'passes', ''],
    ['inline-script', 'az group list', 'warns', '"export" set to azure-cli'],
    ['keep-az-session-active', 'true', 'warns', 'keep-?fresh'],
    ['keep-az-session-active', 'false', 'passes', ''],
    ['use-global-config', 'true', 'warns', 'AZURE_CONFIG_DIR'],
  ],
};

describe.each(mainJourneys)('$title', (journey) => {
  const named = (['GitHub Actions', 'Azure Pipelines'] as const).flatMap((platform) =>
    former[journey.cloud].map((one) => [...one, platform] as const),
  );
  it.concurrent.each(named)(
    'input %s: %s %s, and says what to do: %s, as it is written on %s',
    async (name, value, outcome, told, platform) => {
      const { run, made } = await play(journey, { environment: handed(platform, name, value) });
      const warnings = run.stdout
        .split('\n')
        .filter((line) => /^(::warning|##vso\[task\.issue type=warning)/.test(line));
      const pattern = new RegExp(told, 'i');
      expect(run.visible).not.toContain(stored);
      if (outcome === 'fails') {
        expect(run.error).toMatch(/Input "[\w-]+" is (a stored secret|not one of this step).*\[INPUT_INVALID\]/);
        expect(run.error).toMatch(pattern);
        expect(made).toEqual([]);
        if (value === stored) expect(run.masked).toContain(stored);
      } else {
        expect(run.error).toBeUndefined();
        expect(warnings).toEqual(outcome === 'warns' ? [expect.stringMatching(pattern)] : []);
      }
    },
  );

  it.concurrent("a guard under the other platform's name fails the step", async () => {
    const name = journey.platform === 'GitHub Actions' ? 'REQUIRECLAIMS' : 'REQUIRE-CLAIMS';
    const { run, made } = await play(journey, { environment: { [`INPUT_${name}`]: 'sub = nobody' } });
    expect(run.error).toMatch(/^Input "require-?claims" is called "require-?Claims" here\. \[INPUT_INVALID\]/i);
    expect(made).toEqual([]);
  });

  it.concurrent('cleanup: false leaves what was delivered, and true or nothing takes it back', async () => {
    const isAws = journey.cloud === 'AWS';
    const more = isAws ? input(journey, 'aws-profile', 'ci') : input(journey, 'export', 'azure-sdk');
    const done = async (cleanup: string) => {
      await using emulator = await startEmulator({ setup: sharedSetup });
      const step = journey.start(emulator, { inputs: { ...more, ...input(journey, 'cleanup', cleanup) } });
      const run = await step.run();
      expect(run.error).toBeUndefined();
      const { exitCode, exported } = await step.cleanUp();
      const path = `${step.home}/.aws/credentials`;
      const profiles = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return {
        exitCode,
        exported: Object.keys(exported).length > 0,
        isThere: isAws ? profiles !== '' : step.files().length > 0,
      };
    };
    const [left, taken, usual] = await Promise.all(['false', 'true', ''].map(done));
    expect(left).toEqual({ exitCode: 0, exported: false, isThere: true });
    expect(taken).toEqual({ exitCode: 0, exported: true, isThere: false });
    expect(usual).toEqual(taken);
  });
});

describe.each(mainJourneys.filter(({ platform }) => platform === 'Azure Pipelines'))('$title', (journey) => {
  it.concurrent.each(['api://$(appId)', 'a$(x) b', '$(System.Team Project)/x', 'one\n$(two)\nthree'])(
    'the macro of a variable that does not exist, in %j, fails and shows nothing else',
    async (text) => {
      const { run, made } = await play(journey, { inputs: { audience: `${stored}${text}` } });
      expect(run.error).toMatch(
        /Input "audience" has "\$\([^)]+\)": there is no such variable in this job\. \[INPUT_INVALID\]/,
      );
      expect(run.error).not.toContain(stored);
      expect(made).toEqual([]);
    },
  );

  it.concurrent('an agent that names the collection by its old variable alone is asked', async () => {
    const { run } = await play(journey, { environment: { SYSTEM_OIDCREQUESTURI: '', SYSTEM_COLLECTIONURI: '' } });
    expect(run.error).toBeUndefined();
  });
});

async function play(journey: Journey, changed: Changed) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const run = await journey.start(emulator, changed).run();
  return { run, made: outside(emulator.requests) };
}
