/**
 * Tests as well:
 * - packages/emulator/src/azure-devops/id-token-claims.ts
 * - packages/emulator/src/entra/assertion.ts
 * - packages/emulator/src/entra/client-credentials.ts
 * - packages/emulator/src/entra/entra-problem.ts
 */

import { type Emulator, type EmulatorUrls, type Setup, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitHubToken } from '../harness/tokens.ts';
import { connection, type ExchangeRow, exchangeRows, requestRows, uri } from './entra-exchange.ts';
import { credentialsOf } from './entra-world.ts';

const clientIdOf = (row: ExchangeRow) =>
  `00000000-0000-4000-8000-${String(exchangeRows.indexOf(row)).padStart(12, '0')}`;
const issuerOf = ({ signer }: ExchangeRow, urls: EmulatorUrls) =>
  ({
    GitHub: urls.github,
    Entra: `${urls.entra}/${connection.tenant}/v2.0`,
    'Azure DevOps': `${urls.vstoken}/${connection.organization}`,
  })[signer];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    setup: (urls): Setup => ({
      tenants: [
        {
          id: connection.tenant,
          applications: exchangeRows.map((row) => ({
            clientId: clientIdOf(row),
            federatedCredentials: credentialsOf(row, issuerOf(row, urls)),
          })),
        },
      ],
      organizations: [
        {
          name: 'contoso',
          id: connection.organization,
          projects: [
            {
              name: 'web',
              id: '271ef6f7-5998-4b0f-86fb-4b54d9129906',
              pipelines: { release: '12' },
              connections: [
                {
                  name: 'azure',
                  id: connection.id,
                  issuer: 'entra',
                  tenantId: connection.tenant,
                  clientId: connection.id,
                },
              ],
            },
          ],
        },
      ],
    }),
  });
});
afterAll(() => emulator.close());

async function tokenOf({ signer, claims: given }: ExchangeRow, now = emulator.clock.seconds()): Promise<string> {
  const claims = typeof given === 'function' ? given(now) : given;
  if (signer === 'GitHub') return gitHubToken(emulator.startGitHubJob({ claims }).environment, uri);
  const job = { organization: 'contoso', project: 'web', pipeline: 'release', connections: ['azure'], claims };
  const { environment } = emulator.startAzurePipelinesJob(job);
  const of = signer === 'Entra' ? `&serviceConnectionId=${connection.id}` : '';
  const url = `${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1${of}`;
  const authorization = `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization } });
  return ((await answer.json()) as { oidcToken: string }).oidcToken;
}

interface Answered {
  readonly access_token?: string;
  readonly error?: string;
  readonly error_codes?: number[];
  readonly error_description?: string;
}

async function ask(form: Readonly<Record<string, string>>, tenant: string = connection.tenant) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'https://vault.azure.net/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ...form,
  });
  const answer = await fetch(`${emulator.urls.entra}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  const { status } = answer;
  // Source: RFC 6749, 5.2.
  const answered = (await answer.json()) as Answered;
  expect(status).toBe(answered.error === undefined ? 200 : answered.error === 'invalid_client' ? 401 : 400);
  return answered;
}

const said = (description = '') => description.replace(/^AADSTS\d+: /, '').replace(/ Trace ID: .*$/, '');

describe("the emulator's Entra answers as the real one to a token", () => {
  it.each(exchangeRows)('$name: $code [$source]', async (row) => {
    const now = emulator.clock.seconds();
    const answer = await ask({ client_id: clientIdOf(row), client_assertion: await tokenOf(row, now) });
    expect(answer.error_codes).toEqual(row.code === undefined ? undefined : [row.code]);
    expect(answer.access_token === undefined).toBe(row.code !== undefined);
    const saying = typeof row.saying === 'function' ? row.saying(now) : row.saying;
    if (saying) expect(said(answer.error_description)).toBe(saying);
  });
});

describe("the emulator's Entra answers as the real one to a request", () => {
  it.each(requestRows)('$name: $code [$source]', async ({ form, tenant, code, saying }) => {
    const [row] = exchangeRows as [ExchangeRow];
    const answer = await ask({ client_id: clientIdOf(row), client_assertion: await tokenOf(row), ...form }, tenant);
    expect(answer.error_codes).toEqual([code]);
    if (saying) expect(said(answer.error_description)).toBe(saying);
  });
});
