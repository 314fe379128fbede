import { HttpClient, realSystem } from '@fedbridge/core';
import { Identity, type JobSource, type Platform } from '@fedbridge/identity';
import { afterAll, describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { quietOutbound } from '../../../../test/harness/outbound.ts';
import { idTokenRequest } from './id-token-request.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const url = new URL('https://tokens.example.com/x');
const platform = (name: string, tokenRequest: Platform['tokenRequest']): Platform => ({
  name,
  foundBy: 'CI',
  hasServiceConnections: false,
  isHere: () => true,
  jobOf: () => ({ kind: name, environment: {} }),
  canAsk: () => true,
  tokenRequest,
  idTokenSource: () => ({ name, audience: 'chosen', getIdToken: () => Promise.reject(new Error('nobody asks')) }),
});

function of(source: JobSource, audience?: string, environment: Readonly<Record<string, string>> = {}) {
  const outbound = quietOutbound({ http, deadline: 0, maxAttempts: 1 }, realSystem({}));
  const platforms = [
    platform('github', () => ({ by: 'bearer', url, bearer: 'bearer' })),
    platform('azure-pipelines', ({ connectionId }) =>
      connectionId === undefined ? undefined : { by: 'service connection', url, connectionId },
    ),
  ];
  const identity = new Identity({ source, requiredClaims: [] }, outbound, platforms);
  return idTokenRequest({ host: hostWith({}, { environment }), identity }, audience);
}

describe('how later scripts of a job ask for ID tokens', () => {
  const gitHub: JobSource = { kind: 'github', environment: {} };

  it("on GitHub is by the job's own address and bearer, for the audience that tools do not ask for by themselves", () => {
    const request = { by: 'bearer', url: 'https://tokens.example.com/x', bearer: 'bearer' };
    expect(of(gitHub, 'api://AzureADTokenExchange')).toEqual({ ...request, audience: undefined });
    expect(of(gitHub, 'api://AzureADTokenExchangeUSGov')).toMatchObject({
      audience: 'api://AzureADTokenExchangeUSGov',
    });
  });

  const connection: JobSource = { kind: 'azure-pipelines', environment: {}, connectionId: 'the-id' };
  const mapped = { SYSTEM_ACCESSTOKEN: 'token' };

  it.each([
    [mapped, true],
    [{}, false],
    [{ SYSTEM_ACCESSTOKEN: '' }, false],
    // Of a broker of another step: what asks there sends its own bearer.
    [{ ...mapped, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of a broker' }, false],
  ])(
    "in Azure Pipelines takes the job's own token, where it is mapped into scripts: %o, %s",
    (environment, isMapped) => {
      expect(of(connection, undefined, environment)).toEqual({
        by: 'service connection',
        url: 'https://tokens.example.com/x',
        connectionId: 'the-id',
        isMapped,
      });
    },
  );

  it.each<JobSource>([
    { kind: 'azure-pipelines', environment: {} },
    { kind: 'kubernetes', files: {} },
    { kind: 'aws' },
  ])('is not, where no platform gives tokens for a connection: %o', (source) =>
    expect(of(source, undefined, mapped)).toBeUndefined(),
  );
});
