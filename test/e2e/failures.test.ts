import { type Emulator, type EmulatorOptions, type FaultRule, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import type { Step, StepRun } from '../harness/job.ts';
import { type Changed, input, type Journey, mainJourneys, outside } from '../harness/journeys.ts';
import { ids, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

const html = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>Sign in to the guest network</title>Your code: 123</html>',
};
const [gitHubAws, gitHubEntra, azureAws, azureEntra] = mainJourneys as [Journey, Journey, Journey, Journey];

describe.each(mainJourneys)('$title', (journey) => {
  const tokenService = journey.platform === 'GitHub Actions' ? 'github' : 'azureDevOps';
  const exchangeService = journey.cloud === 'AWS' ? 'sts' : 'entra';
  const twice = input(journey, 'retry-max-attempts', '2');

  it.concurrent.each([
    ['the ID token endpoint', tokenService, 1],
    ['the exchange', exchangeService, 2],
  ] as const)('HTML instead of an answer from %s', async (_title, service, requests) => {
    const { run, made } = await fail(journey, { faults: [{ service, times: Number.POSITIVE_INFINITY, fault: html }] });
    expect(run.error).toContain('[ANSWER_MALFORMED]');
    expect(run.error).toContain('HTTP 200, text/html, titled "Sign in to the guest network"');
    expect(run.visible).not.toContain('Your code');
    expect(made).toHaveLength(requests);
  });

  it.concurrent.each([
    ['the ID token endpoint', tokenService],
    ['the exchange', exchangeService],
  ] as const)('throttling of %s that ends', async (_title, service) => {
    const fault = { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' };
    const { run, made } = await succeed(journey, { faults: [{ service, fault }] });
    expect(made).toHaveLength(3);
    const [first, second] = made.filter((request) => request.service === service);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(run.visible).toContain('is throttling (HTTP 429). Trying again in');
  });

  it.concurrent.each([
    ['the ID token endpoint', tokenService],
    ['the exchange', exchangeService],
  ] as const)('throttling of %s that does not end', async (_title, service) => {
    const fault = { status: 429, headers: { 'retry-after': '1' } };
    const { run } = await fail(journey, {
      inputs: twice,
      faults: [{ service, times: Number.POSITIVE_INFINITY, fault }],
    });
    expect(run.error).toMatch(/throttling.*\[UNAVAILABLE\]/);
  });

  it.concurrent('a retry that would outlive its ID token asks for a new one first, and a success does not', async () => {
    const job = { lifetimeSeconds: 28 };
    const { made } = await succeed(journey, { job, faults: [{ service: exchangeService, fault: { status: 503 } }] });
    expect(made.map(({ service }) => service)).toEqual([tokenService, exchangeService, tokenService, exchangeService]);
  });

  it.concurrent('throttling that asks for more time than there is ends at once', async () => {
    const fault = { status: 429, headers: { 'retry-after': '3600' } };
    const { run, made } = await fail(journey, { faults: [{ service: exchangeService, fault }] });
    expect(run.error).toContain('asked to wait 3600 s more');
    expect(made).toHaveLength(2);
  });

  it.concurrent.each(['before-headers', 'mid-body'] as const)('a connection dropped %s', async (drop) => {
    const faults: FaultRule[] = [
      { service: tokenService, fault: { drop } },
      { service: exchangeService, fault: { drop } },
    ];
    const { made } = await succeed(journey, { faults });
    expect(made).toHaveLength(4);
  });

  it.concurrent('connection refused', async () => {
    // Nobody listens at the first port, whatever else runs on this machine.
    const inputs = { ...twice, ...exchangeAt(journey, 'http://127.0.0.1:1') };
    const { run } = await fail(journey, { inputs });
    expect(run.error).toContain('ECONNREFUSED');
    expect(run.error).toContain('[HTTP_CONNECT]');
  });

  it.concurrent('TLS of an unknown CA', async () => {
    const { run } = await fail(journey, { tls: true });
    expect(run.error).toContain('[HTTP_TLS]');
    expect(run.error).toContain('NODE_EXTRA_CA_CERTS');
  });

  it.concurrent('http:// to a host that is not loopback', async () => {
    const { run, made } = await fail(journey, { inputs: exchangeAt(journey, 'http://example.com') });
    expect(run.error).toContain('[ENDPOINT_NOT_ALLOWED]');
    expect(made).toHaveLength(0);
  });

  it.concurrent.each([
    ['the ID token endpoint', tokenService],
    ['the exchange', exchangeService],
  ] as const)('a redirect of %s to another host', async (_title, service) => {
    const trap = await startEmulator();
    const { run } = await fail(journey, {
      faults: [{ service, fault: { redirect: `${trap.urls.resources}/whoami` } }],
    });
    expect(run.error).toContain('[HTTP_REDIRECT]');
    expect(trap.requests).toHaveLength(0);
    await trap.close();
  });

  it.concurrent('an ID token that has ended', async () => {
    const { run, made } = await fail(journey, { job: { lifetimeSeconds: -60 } });
    expect(run.error).toContain('[ID_TOKEN_EXPIRED]');
    expect(made).toHaveLength(1);
  });

  it.concurrent('an ID token of another issuer', async () => {
    const { run, made } = await fail(journey, { job: { claims: { iss: 'https://token.actions.example.com' } } });
    expect(run.error).toContain('[ID_TOKEN_ISSUER]');
    expect(made).toHaveLength(1);
  });

  it.concurrent('an ID token for another audience', async () => {
    const { run, made } = await fail(journey, { job: { claims: { aud: 'https://other.example.com' } } });
    expect(run.error).toContain('[ID_TOKEN_AUDIENCE]');
    expect(made).toHaveLength(1);
  });

  it.concurrent('a job that is not trusted is presented three times within five seconds', async () => {
    const { run, made } = await fail(journey, { job: { claims: { sub: 'repo:mallory/app:ref:refs/heads/main' } } });
    expect(run.error).toContain('[EXCHANGE_REFUSED]');
    expect(run.error).toContain('repo:mallory/app:ref:refs/heads/main');
    expect(made.filter(({ service }) => service === exchangeService)).toHaveLength(3);
    // Its waits: a busy machine takes its time between them.
    const waits = [...run.visible.matchAll(/Trying again in ([\d.]+) s/g)].map(([, seconds]) => Number(seconds));
    expect(waits).toHaveLength(2);
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(5);
    expect(made).toHaveLength(4);
  });

  it.concurrent('an empty and a misspelt input are told before any request', async () => {
    const { run, made } = await fail(journey, { inputs: input(journey, 'action-timeout-s', 'soon') });
    expect(run.error).toMatch(
      /Input "action-?[tT]imeout-?[sS]" is "soon": expected a whole number from 1 to 3600\. \[INPUT_INVALID\]/,
    );
    expect(made).toHaveLength(0);
  });
});

describe('GitHub Actions', () => {
  it.concurrent.each([gitHubAws, gitHubEntra])('$title: without the id-token permission', async (journey) => {
    const { run, made } = await fail(journey, { job: { idTokenPermission: false } });
    expect(run.error).toContain('[ID_TOKEN_UNAVAILABLE]');
    expect(run.error).toContain('id-token: write');
    expect(made).toHaveLength(0);
  });

  it.concurrent.each(['Pending', 'Delayed'])("a job in '%s' state, which passes", async (state) => {
    const body = `{"message":"Can't issue ID_TOKEN for job in '${state}' state."}`;
    const { made } = await succeed(gitHubAws, {
      faults: [{ service: 'github', times: 2, fault: { status: 403, body } }],
    });
    expect(made).toHaveLength(4);
  });

  it.concurrent("a job in 'Completed' state, which does not pass", async () => {
    const body = `{"message":"Can't issue ID_TOKEN for job in 'Completed' state."}`;
    const { run, made } = await fail(gitHubAws, { faults: [{ service: 'github', fault: { status: 403, body } }] });
    expect(run.error).toContain('[ID_TOKEN_REFUSED]');
    expect(made).toHaveLength(1);
  });

  it.concurrent('a request URL that does not belong to GitHub is not followed', async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://collector.example.com/idtoken?x=1' };
    const { run } = await fail(gitHubAws, { environment });
    expect(run.error).toContain('[ENDPOINT_NOT_ALLOWED]');
  });
});

describe('Azure Pipelines', () => {
  it.concurrent('without the service connection that the Entra task needs', async () => {
    const { run, made } = await fail(azureEntra, { inputs: { azureSubscription: '' } });
    expect(run.error).toContain('[INPUT_MISSING]');
    expect(made).toHaveLength(0);
  });

  it.concurrent.each([azureAws, azureEntra])(
    '$title: a service connection that the agent does not have',
    async (journey) => {
      const { run, made } = await fail(journey, {
        inputs: { azureSubscription: '00000000-0000-4000-8000-000000000000' },
      });
      expect(run.error).toContain('[CONNECTION_MISSING]');
      expect(made).toHaveLength(0);
    },
  );

  it.concurrent('a service connection that has a secret', async () => {
    const environment = {
      [`ENDPOINT_AUTH_${ids.newConnection}`]: JSON.stringify({
        scheme: 'ServicePrincipal',
        parameters: { serviceprincipalkey: 'a-stored-secret' },
      }),
    };
    const { run, made } = await fail(azureEntra, { environment });
    expect(run.error).toContain('[CONNECTION_NOT_FEDERATED]');
    expect(run.stdout).not.toContain('a-stored-secret');
    expect(made).toHaveLength(0);
  });

  it.concurrent('null from oidctoken, once', async () => {
    const fault = { status: 200, headers: { 'content-type': 'application/json' }, body: 'null' };
    const { made } = await succeed(azureAws, { faults: [{ service: 'azureDevOps', fault }] });
    expect(made).toHaveLength(3);
  });

  it.concurrent('null from oidctoken, always', async () => {
    const fault = { status: 200, headers: { 'content-type': 'application/json' }, body: 'null' };
    const faults: FaultRule[] = [{ service: 'azureDevOps', times: Number.POSITIVE_INFINITY, fault }];
    const { run } = await fail(azureAws, { inputs: { retryMaxAttempts: '2' }, faults });
    expect(run.error).toContain('answered null');
    expect(run.error).toContain('[ID_TOKEN_UNAVAILABLE]');
  });

  it.concurrent('a service connection that the stage does not refer to', async () => {
    const { run } = await fail(azureEntra, {
      faults: [
        {
          service: 'azureDevOps',
          fault: {
            status: 403,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              message: `There is no explicit reference to service connection ${ids.newConnection} from current stage deploy.`,
            }),
          },
        },
      ],
    });
    expect(run.error).toContain('[ID_TOKEN_REFUSED]');
    expect(run.error).toContain('Name the service connection in an input of type service connection');
  });

  it.concurrent('an audience that the platform does not give', async () => {
    const { run, made } = await fail(azureAws, { inputs: { audience: 'sts.amazonaws.com' } });
    expect(run.error).toContain('[ID_TOKEN_AUDIENCE]');
    expect(made).toHaveLength(1);
  });

  it.concurrent("a variable's macro that was not replaced", async () => {
    const { run, made } = await fail(azureAws, { inputs: { roleToAssume: '$(deployRole)' } });
    expect(run.error).toContain('there is no such variable');
    expect(made).toHaveLength(0);
  });

  it.concurrent('a request URI that does not belong to Azure DevOps is not followed', async () => {
    const { run } = await fail(azureAws, {
      environment: { SYSTEM_OIDCREQUESTURI: 'https://collector.example.com/oidctoken' },
    });
    expect(run.error).toContain('[ENDPOINT_NOT_ALLOWED]');
  });
});

describe('Entra', () => {
  it.concurrent('an unknown tenant', async () => {
    const { run, made } = await fail(gitHubEntra, { inputs: { 'tenant-id': 'nobody.example.com' } });
    expect(run.error).toContain('AADSTS90002');
    expect(run.error).toContain('[EXCHANGE_REJECTED]');
    expect(made).toHaveLength(2);
  });

  it.concurrent('an unknown application', async () => {
    const { run } = await fail(gitHubEntra, { inputs: { 'client-id': '00000000-0000-4000-8000-000000000000' } });
    expect(run.error).toContain('AADSTS700016');
  });

  it.concurrent('an application without federated credentials', async () => {
    const { run } = await fail(gitHubEntra, { inputs: { 'client-id': ids.stranger } });
    expect(run.error).toContain('AADSTS70025');
    expect(run.error).toContain('"subject": "repo:octo/app:ref:refs/heads/main"');
  });

  it.concurrent('a subject that differs in case alone', async () => {
    const { run } = await fail(gitHubEntra, { job: { repository: 'Octo/App' } });
    expect(run.error).toContain('AADSTS7002138');
  });
});

describe('AWS', () => {
  it.concurrent.each([gitHubAws, azureAws])('$title: an unknown role', async (journey) => {
    const { run } = await fail(journey, {
      inputs: input(journey, 'role-to-assume', `arn:aws:iam::${ids.account}:role/absent`),
    });
    expect(run.error).toContain('AccessDenied');
    expect(run.error).toContain('[EXCHANGE_REFUSED]');
  });

  it.concurrent('an audience that the OIDC provider does not list', async () => {
    const { run } = await fail(gitHubAws, { inputs: { audience: 'https://other.example.com' } });
    expect(run.error).toContain('InvalidIdentityToken');
    expect(run.error).toContain('the IAM OIDC provider must list https://other.example.com');
  });

  it.concurrent('an account without the OIDC provider', async () => {
    const { run } = await fail(gitHubAws, {
      setup: (urls) => ({
        accounts: (sharedSetup(urls).accounts ?? []).map((account) => ({ ...account, oidcProviders: [] })),
      }),
    });
    expect(run.error).toContain('create the provider in account 123456789012');
    expect(run.error).toContain('aws iam create-open-id-connect-provider --url=http');
  });

  it.concurrent('a longer session than the role allows', async () => {
    const { run, made } = await fail(gitHubAws, { inputs: { 'role-duration-seconds': '43200' } });
    expect(run.error).toContain('[EXCHANGE_REJECTED]');
    expect(run.error).toContain('ValidationError');
    expect(made).toHaveLength(2);
  });
});

interface Failure extends Changed {
  readonly faults?: readonly FaultRule[];
  readonly tls?: boolean;
  readonly setup?: EmulatorOptions['setup'];
}

/** Runs a step that must fail clearly: as failed, with one error, no secret shown, nothing delivered, no file left. */
async function fail(journey: Journey, failure: Failure) {
  const { run, step, emulator } = await play(journey, failure);
  expect(run.succeeded).toBe(false);
  expect(run.error).toMatch(/\[[A-Z_]+\]/);
  expect(run.error).not.toContain('[INTERNAL]');
  expect({ ...run.outputs, ...run.exported }).toEqual({});
  expect(step.files()).toEqual([]);
  return { run, made: outside(emulator.requests) };
}

async function succeed(journey: Journey, failure: Failure) {
  const { run, emulator } = await play(journey, failure);
  expect(run.error).toBeUndefined();
  expect(run.succeeded).toBe(true);
  return { run, made: outside(emulator.requests) };
}

async function play(
  journey: Journey,
  { faults = [], tls = false, setup = sharedSetup, ...changed }: Failure,
): Promise<{ run: StepRun; step: Step; emulator: Emulator }> {
  await using emulator = await startEmulator({ setup, tls });
  for (const rule of faults) emulator.inject(rule);
  const step = journey.start(emulator, changed);
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  return { run, step, emulator };
}

function exchangeAt(journey: Journey, url: string): Record<string, string> {
  return input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', url);
}
