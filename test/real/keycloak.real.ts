import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step, StepRun } from '../harness/job.ts';
import type { Variables } from '../harness/process.ts';
import { ids, subjects } from '../harness/setup.ts';
import { type Cluster, clusterWithAccounts } from './cluster.ts';
import { fetchKeycloak, Keycloak } from './keycloak.ts';
import { build } from './programs.ts';

const missing = (await fetchKeycloak()) ?? (await build('kubernetes'));
const entraAudience = 'api://AzureADTokenExchange';
const otherAudience = 'https://other.example.com';
const resource = 'api://my-api';
/** Realms that trust the same jobs, and one of them for another audience. */
const realms = { jobs: 'jobs', otherwise: 'otherwise' } as const;
type Realm = keyof typeof realms;
/** The client of each kind of job: Keycloak lets one trust a single issuer and subject. */
const clients = { github: ids.app, pipeline: ids.machine, pod: ids.assigned } as const;
const kinds = [
  { kind: 'github', job: 'a job of GitHub Actions', other: 'repo:octo/app:ref:refs/heads/other' },
  { kind: 'pipeline', job: 'a job of Azure Pipelines', other: 'sc://contoso/web/other' },
  { kind: 'pod', job: 'a pod of a real cluster', other: 'system:serviceaccount:default:other' },
] as const;
type Kind = keyof typeof clients;

describe.skipIf(missing !== undefined)(`Keycloak${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  let cluster: Cluster;
  let emulator: Emulator;
  let keycloak: Keycloak;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'real-'));
    cluster = await clusterWithAccounts(folder);
    emulator = await startEmulator({ setup: { organizations: [organization] } });
    keycloak = await Keycloak.start(folder, cluster.ca);
    const world = { emulator, cluster, keycloak };
    await keycloak.createRealm(realmOf('jobs', entraAudience, world));
    await keycloak.createRealm(realmOf('otherwise', otherAudience, world));
  });
  afterAll(async () => {
    await keycloak?.[Symbol.asyncDispose]();
    await emulator?.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  describe("as a relying party of Entra's protocol", () => {
    describe.each(kinds)('$job', ({ kind, other }) => {
      it('gets an access token by its ID token alone', async () => {
        using front = await inFrontOf(keycloak, 'jobs');
        const step = await entraStep(kind, front);
        const run = await step.run();
        expect(run.error).toBeUndefined();
        const token = run.outputs['access-token'] ?? run.secretVariables.accessToken ?? run.outputs.accessToken ?? '';
        expect(decodeJwt(token)).toMatchObject({
          ...{ iss: keycloak.realm(realms.jobs), azp: clients[kind], scope: `${resource}/.default` },
        });
        expect(run.masked).toContain(token);
        expect(run.visible).not.toContain(token);
        expect((await step.cleanUp()).exitCode).toBe(0);
      });

      it.each([
        [
          'of another job',
          { isOther: true },
          'jobs',
          'invalid_client, HTTP 401: Invalid client or Invalid client credentials',
        ],
        ['for another audience', {}, 'otherwise', 'invalid_client, HTTP 400: Invalid token audience'],
        [
          'that was tampered with',
          { tampers: true },
          'jobs',
          'invalid_client, HTTP 401: Invalid client or Invalid client credentials',
        ],
      ] as const)(
        'is denied with a token %s, and it is told why',
        async (_what, { isOther = false, tampers = false }: Wrong, realm, answer) => {
          using front = await inFrontOf(keycloak, realm, tampers);
          const run = await (await entraStep(kind, front, isOther)).run();
          expect(run).toMatchObject({ succeeded: false, outputs: {}, exported: {}, secretVariables: {} });
          expect(run.error).toContain(`Answer: ${answer}`);
          if (isOther) expect(run.error).toMatch(new RegExp(`^  subject +${other}$`, 'm'));
          // There is no code to look up: what answered is told, and what it needs.
          expect(run.error).toContain(`what answered as ${new URL(front.url).host} is another server, or a proxy`);
          expect(run.error).toContain(
            `that server needs a client ${clients[kind]} that trusts the issuer, subject and audience above`,
          );
          expect(run.error).not.toContain('What Entra says');
        },
      );
    });
  });

  describe('as a service of token exchange [RFC 8693]', () => {
    beforeAll(async () => {
      await keycloak.createRealm(partnerRealm(keycloak));
      await letExchange(keycloak, { realm: partner, client: exchangeClient, provider: 'jobs' });
    });

    /** The step as it is shipped, at a realm. @param token - in the file that is the identity; by default the job's own */
    function exchange(realm: string, client: string, token?: string): Promise<StepRun> {
      const file = join(mkdtempSync(join(folder, 'token-')), 'token');
      writeFileSync(file, token ?? '');
      const fromFile = { identity: 'kubernetes', audience: keycloak.realm(partner) };
      const inputs = {
        ...{ profile: 'rfc8693', 'token-url': keycloak.tokenUrl(realm), 'client-id': client, 'disable-retry': 'true' },
        // By it Keycloak finds the issuer.
        'subject-token-type': 'urn:ietf:params:oauth:token-type:jwt',
        ...(token === undefined ? { audience: entraAudience } : fromFile),
      };
      const { environment } = emulator.startGitHubJob();
      return gitHubStep({
        name: 'token-exchange',
        inputs,
        environment: { ...environment, AZURE_FEDERATED_TOKEN_FILE: file },
      }).run();
    }

    /** What a realm gave the job, which the partner's realm is another issuer's token to. */
    async function ofJobs(): Promise<string> {
      using front = await inFrontOf(keycloak, 'jobs');
      const { outputs } = await (await entraStep('github', front)).run();
      return outputs['access-token'] ?? '';
    }

    it('gives a token for that of another realm which it trusts', async () => {
      const token = await ofJobs();
      const run = await exchange(partner, exchangeClient, token);
      expect(run.error).toBeUndefined();
      expect(decodeJwt(token).iss).toBe(keycloak.realm(realms.jobs));
      const given = run.outputs['access-token'] ?? '';
      expect(decodeJwt(given)).toMatchObject({ iss: keycloak.realm(partner), azp: exchangeClient });
      expect(run.masked).toContain(given);
      for (const secret of [given, token]) expect(run.visible).not.toContain(secret);
    });

    it('denies one that was tampered with, a client that may not exchange, and says so', async () => {
      const token = await ofJobs();
      for (const [client, presented, answer] of [
        [exchangeClient, tampered(token), 'invalid_token, HTTP 400: invalid token'],
        [otherClient, token, 'access_denied, HTTP 403: Client not allowed to exchange'],
      ] as const) {
        const run = await exchange(partner, client, presented);
        expect(run).toMatchObject({ succeeded: false, outputs: {} });
        expect(run.error).toContain(`Answer: ${answer}`);
        expect(run.error).toContain('Have the service at token-url trust this issuer, subject and audience');
        expect(run.error).toContain(`"issuer": "${keycloak.realm(realms.jobs)}"`);
      }
    });

    // It wants a claim "typ" of ID, Bearer or at+jwt, which no platform's ID tokens have.
    it("denies GitHub's own", async () => {
      await letExchange(keycloak, { realm: realms.jobs, client: exchangeClient, provider: 'github' });
      const run = await exchange(realms.jobs, exchangeClient);
      expect(run.succeeded).toBe(false);
      expect(run.error).toContain('Answer: invalid_token, HTTP 400: token type not supported');
    });
  });

  /** The Entra step as it is shipped, in a job whose Entra is what stands in front of a realm. */
  async function entraStep(kind: Kind, front: Front, isOther = false): Promise<Step> {
    const inputs = { 'client-id': clients[kind], 'tenant-id': ids.tenant, 'authority-host': front.url, resource };
    if (kind === 'github') {
      const { environment } = emulator.startGitHubJob(isOther ? { ref: 'refs/heads/other' } : {});
      return gitHubStep({ name: 'entra-token', inputs, environment });
    }
    if (kind === 'pipeline') {
      const { environment } = emulator.startAzurePipelinesJob({
        ...{ organization: 'contoso', project: 'web', pipeline: 'release' },
        connections: [isOther ? 'other' : 'azure-old'],
      });
      const azureSubscription = isOther ? ids.newConnection : ids.oldConnection;
      const given = { azureSubscription, authorityHost: front.url, resource };
      return azurePipelinesStep({ name: 'FedbridgeEntraToken', inputs: given, environment });
    }
    // Of a pod, Keycloak takes tokens for the realm alone.
    const audience = keycloak.realm(realms.jobs);
    const file = join(mkdtempSync(join(folder, 'pod-')), 'token');
    writeFileSync(file, await tokenOf(isOther ? 'other' : 'deploy', audience));
    const { environment } = emulator.startGitHubJob({ idTokenPermission: false });
    return gitHubStep({
      name: 'entra-token',
      inputs: { ...inputs, audience, identity: 'kubernetes' },
      environment: { ...environment, AZURE_FEDERATED_TOKEN_FILE: file },
    });
  }

  const tokenOf = (name: string, audience: string) => cluster.tokenOf({ namespace: 'default', name }, audience, 600);
});

interface Wrong {
  readonly isOther?: boolean;
  readonly tampers?: boolean;
}

const connection = { tenantId: ids.tenant, clientId: clients.pipeline, issuer: 'azure-devops' } as const;
const organization = {
  name: 'contoso',
  id: ids.organization,
  projects: [
    {
      name: 'web',
      id: ids.project,
      pipelines: { release: '12' },
      connections: [
        { ...connection, name: 'azure-old', id: ids.oldConnection },
        { ...connection, name: 'other', id: ids.newConnection },
      ],
    },
  ],
};

/** Clients without a secret: one exchanges tokens of others, one may not. */
const exchangeClient = 'exchange';
const otherClient = 'other';
const publicClient = (clientId: string) => ({
  clientId,
  enabled: true,
  publicClient: true,
  standardFlowEnabled: false,
});

/** A realm that trusts tokens of another one's. */
const partner = 'partner';
function partnerRealm(keycloak: Keycloak) {
  const issuer = keycloak.realm(realms.jobs);
  const config = {
    ...{ issuer, jwksUrl: `${issuer}/protocol/openid-connect/certs`, useJwksUrl: 'true', validateSignature: 'true' },
    ...{
      clientId: 'unused',
      clientSecret: 'unused',
      authorizationUrl: `${issuer}/unused`,
      tokenUrl: `${issuer}/unused`,
    },
  };
  return {
    ...{ realm: partner, enabled: true },
    identityProviders: [{ alias: 'jobs', providerId: 'oidc', enabled: true, config }],
    clients: [publicClient(exchangeClient), publicClient(otherClient)],
  };
}

interface World {
  readonly emulator: Emulator;
  readonly cluster: Cluster;
  readonly keycloak: Keycloak;
}

/** A realm that trusts a job of each platform and a pod, each as a client without a secret. */
function realmOf(name: Realm, audience: string, { emulator: { issuers }, cluster, keycloak }: World) {
  const oidc = (alias: string, issuer: string) => ({
    ...{ alias, providerId: 'oidc', enabled: true, hideOnLogin: true },
    config: {
      ...{ issuer, jwksUrl: `${issuer}/.well-known/jwks`, useJwksUrl: 'true', validateSignature: 'true' },
      // The audience of assertions is what Keycloak itself would be called by the issuer.
      ...{ supportsClientAssertions: 'true', allowClientIdAsAudience: 'true', clientId: audience },
      ...{ clientSecret: 'unused', authorizationUrl: `${issuer}/unused`, tokenUrl: `${issuer}/unused` },
    },
  });
  const client = (clientId: string, issuer: string, subject: string) => ({
    ...{ clientId, enabled: true, serviceAccountsEnabled: true, standardFlowEnabled: false },
    clientAuthenticatorType: 'federated-jwt',
    attributes: { 'jwt.credential.issuer': issuer, 'jwt.credential.sub': subject },
    optionalClientScopes: [`${resource}/.default`],
  });
  return {
    realm: realms[name],
    enabled: true,
    clientScopes: [
      {
        ...{ name: `${resource}/.default`, protocol: 'openid-connect' },
        protocolMappers: [
          {
            ...{ name: 'audience', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper' },
            config: { 'included.custom.audience': keycloak.realm(partner), 'access.token.claim': 'true' },
          },
        ],
      },
    ],
    identityProviders: [
      oidc('github', issuers.gitHub),
      oidc('azure-devops', issuers.azureDevOps(ids.organization)),
      { alias: 'cluster', providerId: 'kubernetes', enabled: true, hideOnLogin: true, config: { issuer: cluster.url } },
    ],
    clients: [
      client(clients.github, 'github', subjects.gitHub),
      client(clients.pipeline, 'azure-devops', subjects.oldConnection),
      client(clients.pod, 'cluster', 'system:serviceaccount:default:deploy'),
      publicClient(exchangeClient),
    ],
  };
}

interface Leave {
  readonly realm: string;
  readonly client: string;
  readonly provider: string;
}

/** Lets a client exchange tokens of an identity provider. Source: Keycloak, "Using token exchange", legacy token exchange. */
async function letExchange(keycloak: Keycloak, { realm, client, provider }: Leave): Promise<void> {
  const idOf = async (clientId: string) => {
    const path = `realms/${realm}/clients?clientId=${clientId}`;
    return (await keycloak.administer<readonly { readonly id: string }[]>('GET', path))[0]?.id;
  };
  const permissions = `realms/${realm}/identity-provider/instances/${provider}/management/permissions`;
  const { scopePermissions } = await keycloak.administer<{ readonly scopePermissions: Variables }>(
    ...(['PUT', permissions, { enabled: true }] as const),
  );
  const server = `realms/${realm}/clients/${await idOf('realm-management')}/authz/resource-server`;
  const policy = { name: 'exchanges', clients: [await idOf(client)] };
  const { id } = await keycloak.administer<{ readonly id: string }>('POST', `${server}/policy/client`, policy);
  const path = `${server}/permission/scope/${scopePermissions['token-exchange']}`;
  const permission = await keycloak.administer<object>('GET', path);
  await keycloak.administer('PUT', path, { ...permission, policies: [id] });
}

interface Front extends Disposable {
  readonly url: string;
}

/**
 * What lets clients of Entra's protocol find a realm: the path of a tenant's token endpoint leads to the realm's.
 *
 * @param tampers - whether it changes tokens on their way
 */
async function inFrontOf(keycloak: Keycloak, realm: Realm, tampers = false): Promise<Front> {
  const server = createServer(async (request, response) => {
    const body = new URLSearchParams(await text(request));
    if (request.url !== `/${ids.tenant}/oauth2/v2.0/token`) return void response.writeHead(404).end();
    if (tampers) body.set('client_assertion', tampered(body.get('client_assertion') ?? ''));
    const answer = await fetch(keycloak.tokenUrl(realms[realm]), { method: 'POST', body });
    return void response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

/** With another time, signed by nobody. */
function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  const claims = { ...decodeJwt(token), nbf: 0 };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
