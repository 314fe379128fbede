import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { type Environment, HttpClient, realSystem } from '@fedbridge/core';
import { gitHubActions } from '@fedbridge/github/id-token';
import { Identity, type JobSource } from '@fedbridge/identity';
import { entraAudience } from '@fedbridge/issuers';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { ids } from '../harness/setup.ts';
import { unsignedToken } from '../harness/tokens.ts';

/** What goes to other machines ends at a proxy that is not there. */
const http = new HttpClient({ https_proxy: 'http://127.0.0.1:9' });
afterAll(() => http.close());
const now = 1_795_000_000_000;
const claims = { iss: 'https://token.actions.githubusercontent.com', sub: 's', aud: 'cloud', exp: now / 1000 + 300 };
const jwt = (changed: object = {}) => unsignedToken({ ...claims, ...changed });

async function ask(source: (url: string) => JobSource, audience: string | undefined, ...answers: readonly Answer[]) {
  await using server = await answering(...answers);
  const masked: string[] = [];
  const waits: number[] = [];
  const outbound = quietOutbound(
    { http, deadline: now + 200_000, maxAttempts: 3, mask: (secret) => masked.push(secret) },
    {
      now: () => now,
      random: () => 1,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
  );
  const { got: token, error } = await outcomeOf(
    new Identity({ source: source(server.url), requiredClaims: [] }, outbound, [
      gitHubActions,
      azurePipelines,
    ]).getIdToken(audience),
  );
  return { token, error, masked, waits, asked: server.asked };
}

describe('how scripts of a job ask for its ID tokens themselves', () => {
  const of = (source: JobSource) =>
    new Identity(
      { source, requiredClaims: [] },
      quietOutbound({ http, deadline: now, maxAttempts: 1 }, realSystem({})),
      [gitHubActions, azurePipelines],
    ).tokenRequest();
  const gitHub = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x.actions.githubusercontent.com/token?api-version=2.0',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the bearer',
  };

  it('is by their bearer on GitHub, at no address but its own', () => {
    expect(of({ kind: 'github', environment: gitHub })).toEqual({
      by: 'bearer',
      url: new URL(gitHub.ACTIONS_ID_TOKEN_REQUEST_URL),
      bearer: 'the bearer',
    });
    const elsewhere = { ...gitHub, ACTIONS_ID_TOKEN_REQUEST_URL: 'https://evil.example.com/token' };
    expect(() => of({ kind: 'github', environment: elsewhere })).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_NOT_ALLOWED' }),
    );
  });

  it('is by a service connection in Azure Pipelines, and not at all without one', () => {
    const environment = { SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/o/p/oidctoken' };
    const job = { kind: 'azure-pipelines', environment };
    expect(of({ ...job, connectionId: 'the-id' })).toEqual({
      by: 'service connection',
      url: new URL(`${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1&serviceConnectionId=the-id`),
      connectionId: 'the-id',
    });
    expect(of(job)).toBeUndefined();
  });
});

describe("GitHub's ID token endpoint", () => {
  const job =
    (changed: Environment = {}, path = '/token?api-version=2.0') =>
    (url: string): JobSource => ({
      kind: 'github',
      environment: {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${url}${path}`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
        GITHUB_REPOSITORY_OWNER: 'octo',
        ...changed,
      },
    });
  const given = (changed: object = {}): Answer => ({ body: { value: jwt(changed) } });

  // Source: `@actions/core`, `oidc-utils`.
  it.each([
    ['/token?api-version=2.0', 'a b&c', '/token?api-version=2.0&audience=a%20b%26c'],
    ['/token', 'cloud', '/token?audience=cloud'],
  ])('is asked as documented: %s for %s', async (path, audience, url) => {
    const { asked, token, masked } = await ask(job({}, path), audience, given({ aud: audience }));
    expect(asked).toMatchObject([
      { method: 'GET', url, headers: { authorization: 'Bearer bearer', accept: 'application/json' } },
    ]);
    expect(token?.audiences).toEqual([audience]);
    expect(masked).toEqual([token?.reveal()]);
  });

  it("without an audience gives the owner's", async () => {
    const { asked, token } = await ask(job(), undefined, given({ aud: 'https://github.com/octo' }));
    expect(asked[0]?.url).toBe('/token?api-version=2.0');
    expect(token).toBeDefined();
    expect((await ask(job(), undefined, given({ aud: 'https://github.com/other' }))).error?.code).toBe(
      'ID_TOKEN_AUDIENCE',
    );
  });

  it.each([
    ['https://token.actions.githubusercontent.com', undefined],
    ['https://token.actions.githubusercontent.com/enterprise-1', undefined],
    ['https://token.actions.octo.ghe.com', 'https://octo.ghe.com'],
    ['https://token.actions.octo.ghe.com/enterprise', 'https://octo.ghe.com'],
    ['https://github.example.com/_services/token', 'https://github.example.com'],
  ])('gives tokens of %s on %s', async (iss, server) => {
    const { token, error } = await ask(job(server ? { GITHUB_SERVER_URL: server } : {}), 'cloud', given({ iss }));
    expect(error).toBeUndefined();
    expect(token?.issuer).toBe(iss);
  });

  it.each([
    ['https://token.actions.githubusercontent.com/a/b', undefined],
    ['https://token.actions.githubusercontent.com.example.com', undefined],
    ['https://github.example.com/_services/token', undefined],
    ['https://token.actions.other.ghe.com', 'https://octo.ghe.com'],
    ['https://token.actions.octo.ghe.com/a/b', 'https://octo.ghe.com'],
    ['https://octo.ghe.com/_services/token', 'https://octo.ghe.com'],
    ['https://token.actions.githubusercontent.com', 'https://github.example.com'],
    ['https://github.example.com/_services/token/x', 'https://github.example.com'],
    ['https://other.example.com/_services/token', 'https://github.example.com'],
  ])('gives none of %s on %s', async (iss, server) => {
    const { error } = await ask(job(server ? { GITHUB_SERVER_URL: server } : {}), 'cloud', given({ iss }));
    expect(error).toMatchObject({
      code: 'ID_TOKEN_ISSUER',
      message: `The ID token comes from an issuer that is not the one of ${new URL(server ?? 'https://github.com').host}.`,
    });
  });

  it.each([
    ['https://token.example.com/x', undefined],
    ['https://githubusercontent.com.example.com/x', undefined],
    ['https://pipelines.githubusercontent.com/x', 'https://octo.ghe.com'],
    ['https://raw.githubusercontent.com/x', undefined],
    ['https://octo.github.com/x', undefined],
    ['https://actions.githubusercontent.com/x', 'https://github.example.com'],
    ['https://x.octo.ghe.com.example.com/x', 'https://octo.ghe.com'],
  ])('is not %s on %s', async (url, server) => {
    const { error } = await ask(
      job({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ...(server ? { GITHUB_SERVER_URL: server } : {}) }),
      'cloud',
      given(),
    );
    expect(error).toMatchObject({
      code: 'ENDPOINT_NOT_ALLOWED',
      message: expect.stringContaining('does not belong to'),
    });
    expect(error?.detail.hint).toContain('Nothing was sent there');
  });

  it.each([
    ['https://run-actions-1-azure-eastus.actions.githubusercontent.com/x', undefined],
    ['https://vstoken.actions.github.com/x', undefined],
    ['https://x.actions.githubusercontent.com/x', 'https://octo.ghe.com'],
    ['https://actions.octo.ghe.com/x', 'https://octo.ghe.com'],
    ['https://github.example.com/_services/x', 'https://github.example.com'],
  ])('may be %s on %s', async (url, server) => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: url, ...(server ? { GITHUB_SERVER_URL: server } : {}) };
    const { error } = await ask(job(environment), 'cloud', given());
    expect(error?.code).toBe('HTTP_PROXY');
  });

  it.each([{ ACTIONS_ID_TOKEN_REQUEST_URL: '' }, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }])(
    'is not there with %j',
    async (changed) => {
      const { error, asked } = await ask(job(changed), 'cloud', given());
      expect(error).toMatchObject({
        code: 'ID_TOKEN_UNAVAILABLE',
        detail: { document: expect.stringMatching(/^permissions:\n {2}id-token: write\n/) },
      });
      expect(asked).toEqual([]);
    },
  );

  const pending = "Can't issue ID_TOKEN for job in 'Pending' state";
  it.each([
    [{ status: 400, body: pending }, 'ID_TOKEN_REFUSED', "in state 'Pending'", 3],
    [{ status: 400, body: pending.replace('Pending', 'Delayed') }, 'ID_TOKEN_REFUSED', "in state 'Delayed'", 3],
    [{ status: 400, body: pending.replace('Pending', 'Completed') }, 'ID_TOKEN_REFUSED', "in state 'Completed'", 1],
    [{ status: 403, body: 'no' }, 'ID_TOKEN_REFUSED', 'denied this job.', 1],
    [{ status: 500, body: '' }, 'UNAVAILABLE', "GitHub's ID token endpoint is failing", 3],
    [{ body: {} }, 'ANSWER_MALFORMED', "GitHub's ID token endpoint answered without a token.", 1],
    [{ body: 'text' }, 'ANSWER_MALFORMED', "GitHub's ID token endpoint answered with something that is not JSON", 1],
    [{ body: { value: 'x' } }, 'ID_TOKEN_MALFORMED', 'not an ID token', 1],
  ] as const)('%j: %s, %s, after %i', async (answer, code, told, attempts) => {
    const { error, asked } = await ask(job(), 'cloud', answer);
    expect(error).toMatchObject({ code, message: expect.stringContaining(told) });
    expect(asked).toHaveLength(attempts);
    if (code === 'ID_TOKEN_REFUSED')
      expect(error?.detail).toMatchObject({
        answer: `HTTP ${answer.status}`,
        hint: expect.stringContaining('Run the job again'),
      });
  });
});

describe("Azure Pipelines' ID token endpoint", () => {
  const organization = ids.organization;
  const vstoken = { iss: `https://vstoken.dev.azure.com/${organization}`, aud: entraAudience.uri };
  const entra = { iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0`, aud: entraAudience.clientId };
  const job =
    (changed: Environment = {}, more: object = {}) =>
    (url: string): JobSource => ({
      kind: 'azure-pipelines',
      environment: { SYSTEM_OIDCREQUESTURI: `${url}/oidctoken`, ...changed },
      accessToken: 'bearer',
      ...more,
    });
  const given = (changed: object = vstoken): Answer => ({ body: { oidcToken: jwt(changed) } });

  // Source: Microsoft Learn, "Oidctoken - Create".
  it('is asked as documented', async () => {
    const { asked, token, masked } = await ask(job({}, { connectionId: ids.newConnection }), undefined, given(entra));
    expect(asked).toEqual([
      {
        method: 'POST',
        url: `/oidctoken?api-version=7.1&serviceConnectionId=${ids.newConnection}`,
        headers: expect.objectContaining({
          authorization: 'Bearer bearer',
          accept: 'application/json',
          'content-type': 'application/json',
          'x-tfs-fedauthredirect': 'Suppress',
        }),
        body: '',
      },
    ]);
    expect(masked).toEqual([token?.reveal()]);
  });

  it('on this machine gets no token of a real job: an earlier step may have named it', async () => {
    const accessToken = 'eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJhcHAudnN0b2tlbi52aXN1YWxzdHVkaW8uY29tIn0.c2lnbmF0dXJl';
    const { asked, error } = await ask(job({}, { accessToken }), undefined, given());
    expect(error).toMatchObject({ code: 'ENDPOINT_NOT_ALLOWED' });
    expect(asked).toEqual([]);
  });

  it('of an older agent is put together from what it sets', async () => {
    const older = (url: string) =>
      job({
        ...{ SYSTEM_OIDCREQUESTURI: undefined, SYSTEM_COLLECTIONURI: `${url}/contoso` },
        ...{ SYSTEM_TEAMPROJECTID: 'p q', SYSTEM_HOSTTYPE: 'build', SYSTEM_PLANID: 'plan', SYSTEM_JOBID: 'job' },
      })(url);
    const { asked, error } = await ask(older, undefined, given());
    expect(error).toBeUndefined();
    expect(asked[0]?.url).toBe(
      '/contoso/p%20q/_apis/distributedtask/hubs/build/plans/plan/jobs/job/oidctoken?api-version=7.1-preview.1',
    );
    const planted = await ask(() => older('https://tfs.example.com'), undefined, given());
    expect(planted.error).toMatchObject({
      code: 'ENDPOINT_NOT_ALLOWED',
      message: 'System.CollectionUri is on tfs.example.com, which is not Azure DevOps.',
    });
    const { error: missing } = await ask(
      job({ SYSTEM_OIDCREQUESTURI: undefined, SYSTEM_COLLECTIONURI: 'https://dev.azure.com/o/' }),
      undefined,
      given(),
    );
    expect(missing).toMatchObject({
      code: 'ID_TOKEN_UNAVAILABLE',
      detail: { answer: 'neither SYSTEM_OIDCREQUESTURI nor SYSTEM_TEAMPROJECTID is set' },
    });
  });

  it.each([
    vstoken,
    entra,
    { ...entra, iss: `https://login.microsoftonline.us/${ids.tenant}/v2.0` },
    { ...entra, iss: `https://login.chinacloudapi.cn/${ids.tenant}/v2.0` },
    // Of a connection to another cloud, whose Entra compares it.
    { ...vstoken, aud: 'api://AzureADTokenExchangeUSGov' },
    { ...vstoken, aud: 'api://AzureADTokenExchangeChina' },
  ])('gives tokens like %j', async (changed) => {
    expect((await ask(job(), undefined, given(changed))).error).toBeUndefined();
    expect((await ask(job(), changed.aud, given(changed))).error).toBeUndefined();
    expect((await ask(job(), 'another', given(changed))).error?.code).toBe('ID_TOKEN_AUDIENCE');
  });

  it.each(['sts.amazonaws.com', 'api://AzureADTokenExchange/', 'api://AzureADTokenExchangeUsGov', 'api://other'])(
    'gives none for %s',
    async (aud) => {
      const { error } = await ask(job(), undefined, given({ ...vstoken, aud }));
      expect(error?.code).toBe('ID_TOKEN_AUDIENCE');
    },
  );

  it.each([
    { iss: `https://vstoken.dev.azure.com/${organization}/x` },
    { iss: 'https://vstoken.dev.azure.com/' },
    { iss: `https://vstoken.dev.azure.com/x/${organization}` },
    { iss: `https://login.microsoftonline.com/${ids.tenant}` },
    { iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0/x` },
    { iss: `https://login.microsoftonline.com/x/${ids.tenant}/v2.0` },
    { iss: `https://login.microsoftonline.com.example.com/${ids.tenant}/v2.0` },
    { iss: 'https://token.actions.githubusercontent.com' },
  ])('gives none like %j', async (changed) => {
    const { error } = await ask(job(), undefined, given({ ...vstoken, ...changed }));
    expect(error).toMatchObject({
      code: 'ID_TOKEN_ISSUER',
      message: expect.stringContaining('the one of Azure DevOps or Entra'),
    });
  });

  it.each([
    ['https://dev.azure.com.example.com/x', undefined],
    ['https://tfs.example.com/x', 'https://other.example.com/'],
    ['https://tfs.example.com/x', 'not a url'],
    ['https://tfs.example.com/x', ''],
    ['https://tfs.example.com/x', 'https://tfs.example.com/collection'],
  ])('is not %s for %s', async (url, collection) => {
    const changed = {
      SYSTEM_OIDCREQUESTURI: url,
      ...(collection === undefined ? {} : { SYSTEM_COLLECTIONURI: collection }),
    };
    const { error } = await ask(job(changed), undefined, given());
    expect(error).toMatchObject({
      code: 'ENDPOINT_NOT_ALLOWED',
      message: expect.stringContaining('which is not Azure DevOps'),
    });
    expect(error?.detail.hint).toContain('Nothing was sent there');
  });

  it.each([
    ['https://contoso.visualstudio.com/x', {}],
    ['https://dev.azure.com/contoso/x', {}],
  ])('may be %s with %j', async (url, more) => {
    const { error } = await ask(job({ SYSTEM_OIDCREQUESTURI: url, ...more }), undefined, given());
    expect(error?.code).toBe('HTTP_PROXY');
  });

  it("needs the job's own token", async () => {
    const { error } = await ask(job({}, { accessToken: '' }), undefined, given());
    expect(error).toMatchObject({
      code: 'ID_TOKEN_UNAVAILABLE',
      detail: { hint: expect.stringContaining('SYSTEM_ACCESSTOKEN') },
    });
  });

  const json = { 'content-type': 'application/json; charset=utf-8' };
  it.each([
    [
      { status: 403, headers: json, body: { message: 'There is no explicit reference to it' } },
      'ID_TOKEN_REFUSED',
      'HTTP 403: There is no explicit reference to it',
      'Name the service connection',
      1,
    ],
    [
      { status: 404, headers: json, body: { message: 'Gone' } },
      'ID_TOKEN_REFUSED',
      'HTTP 404: Gone',
      'See that the service connection exists',
      1,
    ],
    ...[
      { count: 1, value: 'Gone. Really.' },
      { count: 1, value: { Message: 'Gone. Really.' } },
    ].flatMap(
      (body) =>
        [
          [{ status: 404, headers: json, body }, 'ID_TOKEN_REFUSED', 'HTTP 404: Gone.', 'See that the service', 1],
          [{ status: 200, headers: json, body }, 'ID_TOKEN_REFUSED', 'HTTP 200: Gone.', 'See that the service', 1],
        ] as const,
    ),
    [{ status: 401, headers: json, body: {} }, 'ID_TOKEN_REFUSED', 'HTTP 401', 'See that', 1],
    [
      { status: 203, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'ID_TOKEN_REFUSED',
      'HTTP 203',
      'See that',
      1,
    ],
    [{ body: null }, 'ID_TOKEN_UNAVAILABLE', undefined, 'Run the whole stage again', 3],
    [{ body: {} }, 'ANSWER_MALFORMED', undefined, undefined, 1],
    [{ status: 503, body: '' }, 'UNAVAILABLE', undefined, undefined, 3],
  ] as const)('%j: %s', async (answer, code, said, hint, attempts) => {
    const { error, asked } = await ask(job(), undefined, answer);
    expect(error).toMatchObject({ code, message: expect.stringContaining("Azure Pipelines' ID token endpoint") });
    expect(error?.detail.answer).toBe(said);
    if (hint) expect(error?.detail.hint).toContain(hint);
    expect(asked).toHaveLength(attempts);
  });
});

describe("a machine's identity", () => {
  const api = 'api://app';
  const machine =
    (id: object = { by: 'system' }, form: 'imds' | 'app-service' = 'imds', known = true) =>
    (url: string): JobSource => ({
      kind: 'managed-identity',
      known,
      identity: {
        id: id as { by: 'system' },
        endpoint: form === 'imds' ? { form, url } : { form, url: `${url}/msi?x=y`, header: 'header-secret' },
      },
    });
  const signed = { iss: `https://sts.windows.net/${ids.tenant}/`, aud: api };
  const given = (changed: object = signed): Answer => ({
    body: { access_token: jwt(changed), expires_on: String(now / 1000 + 60), token_type: 'Bearer' },
  });

  // Source: Microsoft Learn, "How to use managed identities for Azure resources on an Azure VM to acquire an access token".
  it.each([
    [{ by: 'system' }, ''],
    [{ by: 'client id', id: 'c' }, '&client_id=c'],
    [{ by: 'object id', id: 'o' }, '&object_id=o'],
    [{ by: 'resource id', id: '/r' }, '&msi_res_id=%2Fr'],
  ])('is asked of IMDS as documented: %j', async (id, more) => {
    const { asked, masked, token } = await ask(machine(id), api, given());
    const url = `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Fapp${more}`;
    expect(asked).toMatchObject([{ method: 'GET', url, headers: { metadata: 'true', accept: 'application/json' } }]);
    expect(asked[0]?.headers['x-identity-header']).toBeUndefined();
    expect(masked).toEqual([token?.reveal()]);
  });

  it.each([
    [{ by: 'system' }, ''],
    [{ by: 'client id', id: 'c' }, '&client_id=c'],
    [{ by: 'object id', id: 'o' }, '&principal_id=o'],
    [{ by: 'resource id', id: '/r' }, '&mi_res_id=%2Fr'],
  ])('is asked of App Service as documented: %j', async (id, more) => {
    const { asked } = await ask(machine(id, 'app-service'), api, given());
    const url = `/msi?x=y&api-version=2019-08-01&resource=api%3A%2F%2Fapp${more}`;
    expect(asked).toMatchObject([{ url, headers: { 'x-identity-header': 'header-secret' } }]);
    expect(asked[0]?.headers.metadata).toBeUndefined();
  });

  it.each([
    signed,
    { ...signed, iss: `https://sts.chinacloudapi.cn/${ids.tenant}/` },
    { iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0`, aud: ids.app },
    { iss: `https://login.microsoftonline.us/${ids.tenant}/v2.0`, aud: ids.app },
    { iss: `https://login.partner.microsoftonline.cn/${ids.tenant}/v2.0`, aud: ids.app },
    { iss: `https://login.chinacloudapi.cn/${ids.tenant}/v2.0`, aud: ids.app },
  ])('gives tokens like %j', async (changed) => {
    expect((await ask(machine(), changed.aud, given(changed))).error).toBeUndefined();
  });

  it.each([
    [`api://${ids.app}`, ids.app, true],
    [ids.app, `api://${ids.app}`, true],
    ['api://AzureADTokenExchange', 'fb60f99c-7a34-4190-8149-302f77469936', true],
    ['fb60f99c-7a34-4190-8149-302f77469936', 'api://AzureADTokenExchange', true],
    [api, [api], true],
    [api, ids.app, false],
    [api, [api, ids.app], false],
    [`api://${ids.app}`, ids.stranger, false],
    [ids.app, `api://${ids.app}/x`, false],
    ['api://AzureADTokenExchange', ids.app, false],
    ['api://AzureADTokenExchangeUSGov', 'fb60f99c-7a34-4190-8149-302f77469936', false],
    [api, [api, 'https://management.azure.com'], false],
  ])('asked for %s and given for %s: taken is %s', async (audience, aud, taken) => {
    const { error } = await ask(machine(), audience, given({ ...signed, aud }));
    expect(error?.code).toBe(taken ? undefined : 'ID_TOKEN_AUDIENCE');
  });

  it.each([
    [{ by: 'system' }, { client_id: 'other' }, true],
    [{ by: 'client id', id: 'C' }, { client_id: 'c' }, true],
    [{ by: 'client id', id: 'c' }, { client_id: 'other' }, false],
    [{ by: 'client id', id: 'c' }, { object_id: 'other' }, true],
    [{ by: 'object id', id: 'o' }, { object_id: 'O', client_id: 'other' }, true],
    [{ by: 'object id', id: 'o' }, { object_id: 'other' }, false],
    [{ by: 'resource id', id: '/r' }, { msi_res_id: '/R' }, true],
    [{ by: 'resource id', id: '/r' }, { mi_res_id: '/r' }, true],
    [{ by: 'resource id', id: '/r' }, { msi_res_id: '/other' }, false],
    [{ by: 'resource id', id: '/r' }, { mi_res_id: '/other' }, false],
  ])('asked for %j, and said to be of %j: taken is %s', async (id, said, taken) => {
    const { error, token } = await ask(machine(id), api, { body: { ...(given().body as object), ...said } });
    if (taken) expect(token?.issuer).toBe(signed.iss);
    else {
      const { by, id: wanted } = id as { by: string; id: string };
      expect(error).toMatchObject({
        code: 'ID_TOKEN_REFUSED',
        message: `The managed identity endpoint gave a token of another identity than the ${by} ${wanted}.`,
        detail: { breaksGuard: true, answer: Object.values(said).join(', ') },
      });
    }
  });

  it.each([404, 410])('that nobody named is not waited for where metadata answers %i', async (status) => {
    const { error, asked, waits } = await ask(machine(undefined, 'imds', false), api, { status, body: '' });
    expect(error).toMatchObject({ code: 'ID_TOKEN_UNAVAILABLE', message: expect.stringContaining('not on Azure') });
    expect({ asked: asked.length, waits }).toEqual({ asked: 1, waits: [] });
  });

  it.each([
    { iss: `https://sts.windows.net/${ids.tenant}` },
    { iss: `https://sts.windows.net/x/${ids.tenant}/` },
    { iss: `https://sts.windows.net.example.com/${ids.tenant}/` },
    { iss: `https://login.microsoftonline.com/${ids.tenant}/` },
    { iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0/x` },
    { iss: `https://login.microsoftonline.com/x/${ids.tenant}/v2.0` },
  ])('gives none like %j', async (changed) => {
    const { error } = await ask(machine(), api, given({ ...signed, ...changed }));
    expect(error).toMatchObject({ code: 'ID_TOKEN_ISSUER', message: expect.stringContaining('the one of Entra') });
  });

  it('gives none for another application', async () => {
    expect((await ask(machine(), api, given({ ...signed, aud: 'api://other' }))).error?.code).toBe('ID_TOKEN_AUDIENCE');
  });

  it.each([undefined, 'sts.amazonaws.com', 'see api://x', 'api:// x', '://x'])(
    'is not asked for %s',
    async (audience) => {
      const { error, asked } = await ask(machine(), audience, given());
      expect(error).toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining(
          audience === undefined ? 'without an audience' : `for the audience "${audience}"`,
        ),
        detail: { hint: expect.stringContaining('(api://my-app)') },
      });
      expect(asked).toEqual([]);
    },
  );

  const json = { 'content-type': 'application/json' };
  it.each([
    [{ status: 404, body: '' }, 'UNAVAILABLE', 'is being updated (HTTP 404)', undefined, [500, 1_000]],
    [{ status: 410, body: '' }, 'UNAVAILABLE', 'is being updated (HTTP 410)', undefined, [8_500, 9_000]],
    [{ status: 503, body: '' }, 'UNAVAILABLE', 'The managed identity endpoint is failing', undefined, [500, 1_000]],
    [
      { status: 400, headers: json, body: { error_description: 'Identity not found' } },
      'ID_TOKEN_REFUSED',
      'no managed identity of its own for this',
      'HTTP 400: Identity not found',
      [],
    ],
    [
      { status: 400, headers: json, body: { message: 'x'.repeat(400) } },
      'ID_TOKEN_REFUSED',
      'of its own',
      `HTTP 400: ${'x'.repeat(300)}`,
      [],
    ],
    [
      { status: 400, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'ID_TOKEN_REFUSED',
      'of its own',
      'HTTP 400',
      [],
    ],
    [
      { body: { expires_on: '1' } },
      'ANSWER_MALFORMED',
      'The managed identity endpoint answered without a token.',
      undefined,
      [],
    ],
    [{ body: { access_token: 'x', expires_on: 'soon' } }, 'ANSWER_MALFORMED', 'without a token', undefined, []],
    [{ body: { access_token: 'x', expires_on: '0' } }, 'ANSWER_MALFORMED', 'without a token', undefined, []],
    [{ body: null }, 'ANSWER_MALFORMED', 'without a token', undefined, []],
    [
      { status: 302, headers: { location: 'https://login.example.com' } },
      'ID_TOKEN_UNAVAILABLE',
      'it is not on Azure',
      expect.stringContaining('redirects'),
      [],
    ],
  ])('%j: %s, %s', async (answer, code, told, said, pauses) => {
    const { error, waits } = await ask(machine(), api, answer);
    expect(error).toMatchObject({ code, message: expect.stringContaining(told) });
    expect(error?.detail.answer).toEqual(said);
    expect(waits).toEqual(pauses);
  });

  it('names the identity that is not there', async () => {
    const { error } = await ask(machine({ by: 'client id', id: ids.app }), api, { status: 400, body: {} });
    expect(error?.message).toBe(`This machine has no managed identity with the client id ${ids.app} for this.`);
    expect(error?.detail.hint).toContain('See which identities are assigned');
  });

  it('that nobody answers for is not on Azure; that of App Service is there, and fails', async () => {
    const nowhere = (form: 'imds' | 'app-service') => () => machine({ by: 'system' }, form)('http://127.0.0.1:9');
    expect((await ask(nowhere('imds'), api, given())).error).toMatchObject({
      code: 'ID_TOKEN_UNAVAILABLE',
      detail: { hint: expect.stringContaining('169.254.169.254') },
    });
    expect((await ask(nowhere('app-service'), api, given())).error?.code).toBe('HTTP_CONNECT');
  });
});
