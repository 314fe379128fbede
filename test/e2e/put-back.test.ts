/**
 * Tests as well:
 * - packages/step/src/clean-up.ts
 */

import { readFileSync } from 'node:fs';
import { startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import type { CleanedUp } from '../harness/job.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { ids, namedRoles, sharedSetup } from '../harness/setup.ts';

/** Variables that some delivery takes out of a later tool's way, and whether what was in them may be a secret. */
const variables: Readonly<Record<string, 'a secret' | 'perhaps a secret' | 'none'>> = {
  AWS_ACCESS_KEY_ID: 'perhaps a secret',
  AWS_SECRET_ACCESS_KEY: 'a secret',
  AWS_SESSION_TOKEN: 'a secret',
  AWS_SECURITY_TOKEN: 'a secret',
  AWS_ACCESS_KEY: 'a secret',
  AWS_SECRET_KEY: 'a secret',
  AMAZON_ACCESS_KEY_ID: 'perhaps a secret',
  AMAZON_SECRET_ACCESS_KEY: 'a secret',
  AWS_CREDENTIAL_EXPIRATION: 'none',
  AWS_WEB_IDENTITY_TOKEN_FILE: 'none',
  AWS_ROLE_ARN: 'none',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'perhaps a secret',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'perhaps a secret',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a secret',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'none',
  AWS_REGION: 'none',
  AWS_DEFAULT_REGION: 'none',
  AWS_PROFILE: 'none',
  AWS_DEFAULT_PROFILE: 'none',
  AWS_SHARED_CREDENTIALS_FILE: 'none',
  AWS_CREDENTIAL_PROFILES_FILE: 'none',
  AWS_CONFIG_FILE: 'none',
  AWS_SDK_LOAD_CONFIG: 'none',
  AZURE_CLIENT_ID: 'none',
  AZURE_TENANT_ID: 'none',
  AZURE_SUBSCRIPTION_ID: 'none',
  AZURE_AUTHORITY_HOST: 'none',
  AZURE_FEDERATED_TOKEN_FILE: 'none',
  AZURE_TOKEN_CREDENTIALS: 'none',
  AZURE_CLIENT_SECRET: 'a secret',
  AZURE_CLIENT_CERTIFICATE_PATH: 'none',
  AZURE_CLIENT_CERTIFICATE_PASSWORD: 'a secret',
  AZURE_USERNAME: 'perhaps a secret',
  AZURE_PASSWORD: 'a secret',
  AZURE_KUBERNETES_TOKEN_PROXY: 'perhaps a secret',
  AZURE_KUBERNETES_SNI_NAME: 'none',
  AZURE_KUBERNETES_CA_FILE: 'none',
  AZURE_KUBERNETES_CA_DATA: 'perhaps a secret',
  AZURE_DEVOPS_EXT_PAT: 'a secret',
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'none',
  AZURESUBSCRIPTION_CLIENT_ID: 'none',
  AZURESUBSCRIPTION_TENANT_ID: 'none',
  IDENTITY_ENDPOINT: 'perhaps a secret',
  IDENTITY_HEADER: 'a secret',
  IDENTITY_SERVER_THUMBPRINT: 'none',
  IMDS_ENDPOINT: 'perhaps a secret',
  MSI_ENDPOINT: 'perhaps a secret',
  MSI_SECRET: 'a secret',
  ARM_CLIENT_ID: 'none',
  ARM_CLIENT_ID_FILE_PATH: 'none',
  ARM_TENANT_ID: 'none',
  ARM_SUBSCRIPTION_ID: 'none',
  ARM_ENVIRONMENT: 'none',
  ARM_CLIENT_SECRET: 'a secret',
  ARM_CLIENT_SECRET_FILE_PATH: 'none',
  ARM_CLIENT_CERTIFICATE: 'a secret',
  ARM_CLIENT_CERTIFICATE_PATH: 'none',
  ARM_CLIENT_CERTIFICATE_PASSWORD: 'a secret',
  ARM_USE_OIDC: 'none',
  ARM_USE_MSI: 'none',
  ARM_USE_CLI: 'none',
  ARM_USE_AKS_WORKLOAD_IDENTITY: 'none',
  ARM_OIDC_TOKEN: 'a secret',
  ARM_OIDC_TOKEN_FILE_PATH: 'none',
  ARM_OIDC_REQUEST_URL: 'perhaps a secret',
  ARM_OIDC_REQUEST_TOKEN: 'a secret',
  ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: 'none',
  ARM_OIDC_AZURE_SERVICE_CONNECTION_ID: 'none',
  ARM_ACCESS_KEY: 'a secret',
  ARM_SAS_TOKEN: 'a secret',
  ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST: 'none',
  ARM_METADATA_HOST: 'none',
  ARM_METADATA_HOSTNAME: 'none',
  ARM_METADATA_URL: 'perhaps a secret',
  ARM_MSI_API_VERSION: 'none',
  ARM_MSI_ENDPOINT: 'perhaps a secret',
  ARM_RESOURCE_MANAGER_AUDIENCE: 'none',
  ARM_RESOURCE_MANAGER_ENDPOINT: 'perhaps a secret',
};

const roles = Object.entries(namedRoles).map(([name, arn]) => `${name} = ${arn}`);
const subscription = { 'subscription-id': ids.subscription };
/** Inputs that bring different variables into a delivery; together they bring all. */
const deliveries: Readonly<Record<Journey['cloud'], readonly Readonly<Record<string, string>>[]>> = {
  AWS: [{}, { 'keep-fresh': 'true' }, { roles: roles.join('\n') }, { 'unset-current-credentials': 'true' }],
  Entra: [
    { export: 'azure-sdk\nterraform\nazure-devops', ...subscription },
    { export: 'azure-sdk\nterraform', 'keep-fresh': 'true', ...subscription },
  ],
};

/** Kinds of values, each of its own in each variable. */
const kinds: Readonly<Record<string, (name: string) => string>> = {
  'one line': (name) => `w/ as+there=;${name}~]`,
  'with %': (name) => `50%41%0A%${name}%AZP25%`,
  'several lines': (name) => `{\n  "first of ${name}"\n  "second of ${name}"\n}\n`,
};

const cases = mainJourneys.flatMap((journey) =>
  deliveries[journey.cloud].flatMap((delivery) => Object.keys(kinds).map((kind) => ({ journey, delivery, kind }))),
);

describe('what is put back into a variable that a step took', () => {
  it.concurrent.each(cases)(
    '$journey.title, $delivery, $kind: is in no log, no state and no plain variable if it may be a secret',
    async ({ journey, delivery, kind }) => {
      const values = valuesOf(kinds[kind] ?? String);
      const { run, done, state } = await play(journey, delivery, values);
      const names = Object.keys({ ...run.exported, ...run.secretVariables });
      // What a delivery sets that is not in the table is a variable of which nobody has said what it may hold.
      for (const name of names) expect(Object.keys({ ...variables, no_proxy: 1, NO_PROXY: 1 })).toContain(name);
      expect(names.filter((name) => values[name] !== undefined).length).toBeGreaterThan(1);
      const log = logAfter(journey, done);
      for (const name of names) {
        const value = values[name] ?? '';
        const isLost =
          journey.platform === 'Azure Pipelines' && kind === 'several lines' && variables[name] === 'a secret';
        expect([name, done.exported[name]]).toEqual([name, isLost ? '' : value]);
        if (isLost) expect(log).toContain(`${name} is not put back`);
        if (variables[name] === 'none') continue;
        for (const line of value.split('\n').filter((one) => one.includes(name))) {
          expect(`${run.shown}${log}`).not.toContain(line);
          expect(state).not.toContain(line);
        }
        if (journey.platform === 'GitHub Actions' || isLost || variables[name] !== 'a secret') continue;
        expect(plainVariables(done)).not.toContain(name);
      }
    },
  );

  it.concurrent.each(
    mainJourneys.flatMap((journey) => ['1', 'no', 'true', 'False'].map((value) => ({ journey, value }))),
  )('$journey.title: $value is no secret, and stays in every line of the log', async ({ journey, value }) => {
    const values = valuesOf(() => value);
    const { run, done } = await play(journey, deliveries[journey.cloud][0] ?? {}, values);
    const names = Object.keys({ ...run.exported, ...run.secretVariables });
    for (const name of names) expect([name, done.exported[name]]).toEqual([name, values[name]]);
    expect([...run.masked, ...maskedBy(journey, done)]).not.toContain(value);
  });
});

describe.each(mainJourneys.filter(({ platform }) => platform === 'Azure Pipelines'))('$title', (journey) => {
  it.concurrent('a secret of the pipeline that is mapped into the environment is as secret there', async () => {
    // The agent hands a step both: the secret variable itself, and what env: maps of it.
    const value = 'mapped/secret';
    const name = journey.cloud === 'AWS' ? 'AWS_CONTAINER_CREDENTIALS_FULL_URI' : 'AZURE_USERNAME';
    const { run, done } = await play(journey, deliveries[journey.cloud][1] ?? {}, {
      [name]: value,
      SECRET_MYSECRET: value,
      VSTS_SECRET_VARIABLES: JSON.stringify(['mySecret']),
    });
    expect(run.exported[name]).toBeDefined();
    expect(done.exported[name]).toBe(value);
    expect(plainVariables(done)).not.toContain(name);
  });
});

function valuesOf(kind: (name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, kind(name)]));
}

async function play(
  journey: Journey,
  delivery: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const inputs = Object.entries(delivery).map(([name, value]) => input(journey, name, value));
  const step = journey.start(emulator, { inputs: Object.assign({}, ...inputs), environment });
  const run = await step.run();
  expect(run.error).toBeUndefined();
  const path = step.places.GITHUB_STATE;
  const state = path === undefined ? taskState(run.stdout) : readFileSync(path, 'utf8');
  const done = await step.cleanUp();
  expect({ exitCode: done.exitCode, stderr: done.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(step.files()).toEqual([]);
  return { run, done, state };
}

function taskState(stdout: string): string {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('##vso[task.settaskvariable'))
    .join('\n');
}

/** `##vso[task.setvariable …]` of variables that are in every later script's environment. */
function plainVariables({ stdout }: CleanedUp): string[] {
  const set = [...stdout.matchAll(/^##vso\[task\.setvariable ([^\]]*)\]/gm)].map(([, properties = '']) => properties);
  return set
    .filter((properties) => !properties.includes('issecret=true'))
    .flatMap((properties) => /variable=([^;]+)/.exec(properties)?.[1] ?? []);
}

function maskedBy({ platform }: Journey, { stdout }: CleanedUp): string[] {
  return stdout.split('\n').flatMap((line) => told(platform, line) ?? []);
}

/**
 * What is printed from the clean-up on. The runner hides what it is told of line by line, and shows the environment of each later step;
 * the agent hides likewise, takes its commands out and has them in the log of a job that debugs.
 * Source: actions/runner, `ActionCommandManager.cs` (AddMask), `ScriptHandler.cs`; azure-pipelines-agent, `WorkerCommandManager.cs`.
 */
function logAfter({ platform }: Journey, done: CleanedUp): string {
  const secrets: string[] = [];
  const shown: string[] = [];
  const show = (text: string) => shown.push(secrets.reduce((hidden, one) => hidden.replaceAll(one, '***'), text));
  for (const line of done.stdout.split('\n')) {
    const secret = told(platform, line);
    if (secret === undefined) show(unescaped(line));
    else secrets.push(...secret.split(/[\r\n]+/).filter((one) => one !== ''));
  }
  if (platform === 'GitHub Actions')
    for (const [name, value] of Object.entries(done.exported))
      for (const line of value.split('\n')) show(`${name}: ${line}`);
  return shown.join('\n');
}

/** The secret that a line tells the platform. */
function told(platform: Journey['platform'], line: string): string | undefined {
  const pattern =
    platform === 'GitHub Actions'
      ? /^::add-mask::(.*)$/
      : /^##vso\[task\.(?:setsecret ?|setvariable [^\]]*issecret=true[^\]]*)\](.*)$/;
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : unescaped(text);
}

function unescaped(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%AZP25', '%').replaceAll('%25', '%');
}
