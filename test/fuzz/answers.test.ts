import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assumeRolePath, parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { azurePipelines } from '@fedbridge/azure-pipelines/id-token';
import { FedbridgeError, HttpClient, type Outbound, parseEndpoint } from '@fedbridge/core';
import { exchangeForAccessToken, parseClientId, parseResource, parseTenantId } from '@fedbridge/entra';
import { gitHubActions } from '@fedbridge/github/id-token';
import { Identity } from '@fedbridge/identity';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quietOutbound } from '../harness/outbound.ts';
import { ids, role } from '../harness/setup.ts';
import { admittedToken } from '../harness/tokens.ts';
import { fuzz, hostileText, json } from './cases.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

let server: Server;
let origin: string;
let answer: Answer = { status: 200, type: 'text/plain', body: '' };
const http = new HttpClient({});
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  http.close();
  server.close();
});

function outbound(environment: Readonly<Record<string, string>> = {}): Outbound {
  const own = { http, deadline: Date.now() + 300_000, maxAttempts: 1 };
  return quietOutbound(own, { environment, now: Date.now, random: () => 0, sleep: async () => {} });
}

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 204, 400, 401, 403, 404, 429, 500, 503),
);
const type = fc.constantFrom('text/xml', 'application/json', 'text/html; charset=utf-16', 'application/octet-stream');
const marker = 'UnlikelySecretOfTheAnswer';

/** What is given up is given up with a code, and does not quote what was answered. */
async function endsWell(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(FedbridgeError);
    const { code, message, detail } = error as FedbridgeError;
    expect(code).not.toBe('INTERNAL');
    expect(message + JSON.stringify({ ...detail, cause: undefined })).not.toContain(marker);
  }
}

const now = Math.floor(Date.now() / 1000);
const token = admittedToken({ iss: 'https://i', sub: 's', aud: 'a', exp: now + 9_000 });

const element = fc.constantFrom(
  ...['AssumeRoleWithWebIdentityResponse', 'AssumeRoleWithWebIdentityResult', 'Credentials', 'AssumedRoleUser', 'Arn'],
  ...['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'ErrorResponse', 'Error', 'Code', 'Message', 'a'],
);
const text = fc.oneof(
  fc.constantFrom(
    'ASIAEXAMPLE',
    '2026-11-21T00:00:00Z',
    'arn:aws:sts::123456789012:assumed-role/deploy/x',
    'AccessDenied',
    '-1',
    'NaN',
    marker,
  ),
  fc.constantFrom('&lt;', '&#0;', '&#x110000;', '&nbsp;', '&bomb;', '<![CDATA[x]]>', '<!-- x -->', '<?x?>'),
  hostileText,
);
const xml: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    text,
    fc
      .tuple(element, fc.array(tie('node'), { maxLength: 4 }))
      .map(([name, inner]) => `<${name}>${inner.join('')}</${name}>`),
  ),
})).node;
const prologue = fc.constantFrom(
  '',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a [<!ENTITY bomb "boom"><!ENTITY bomb2 "&bomb;&bomb;&bomb;">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
);
const deep = fc
  .integer({ min: 1, max: 20_000 })
  .map((depth) => `${'<a>'.repeat(depth)}${marker}${'</a>'.repeat(depth)}`);

it('any XML from STS ends in credentials, or with a code', async () => {
  const bodies = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(prologue, xml).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: deep },
    { weight: 2, arbitrary: hostileText },
  );
  await fuzz(fc.record({ status, type, body: bodies }), async (given) => {
    answer = given;
    const request = {
      endpoint: parseEndpoint(origin, 'the STS endpoint'),
      region: 'eu-central-1',
      path: [parseRoleArn(role)] as const,
      sessionName: parseSessionName('fuzz'),
      tags: [],
      transitiveTagKeys: [],
      plainSecret: false,
    };
    await endsWell(() => assumeRolePath(request, async () => token, outbound()));
  });
});

it('any answer from Entra ends in a token, or with a code', async () => {
  const likely = fc.record(
    {
      access_token: fc.oneof(hostileText, json),
      expires_in: fc.oneof(fc.integer(), fc.double(), fc.constant('3599'), json),
      token_type: fc.oneof(fc.constant('Bearer'), hostileText),
      error: fc.oneof(hostileText, json),
      error_description: fc.oneof(
        hostileText.map((rest) => `AADSTS70021: ${rest}`),
        json,
      ),
      error_codes: fc.oneof(fc.array(fc.integer()), json),
      trace_id: hostileText,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    likely.map((value) => JSON.stringify(value)),
    json.map((value) => JSON.stringify(value)),
    hostileText,
  );
  await fuzz(fc.record({ status, type, body }), async (given) => {
    answer = given;
    const request = {
      authority: parseEndpoint(origin, 'the authority'),
      tenantId: parseTenantId(ids.tenant),
      clientId: parseClientId(ids.app),
      resource: parseResource('https://graph.microsoft.com'),
    };
    await endsWell(() => exchangeForAccessToken(request, async () => token, outbound()));
  });
});

it('any answer from the ID token endpoints ends in a token, or with a code', async () => {
  const payload = fc.oneof(
    json,
    fc.record({ iss: hostileText, sub: hostileText, aud: hostileText, exp: fc.integer() }),
  );
  const jwt = payload.map((claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${marker}`);
  const likely = fc.oneof(
    fc.record({ value: fc.oneof(jwt, hostileText, json) }),
    fc.record({ oidcToken: fc.oneof(jwt, hostileText, json) }),
  );
  const body = fc.oneof(
    likely.map((value) => JSON.stringify(value)),
    json.map((value) => JSON.stringify(value)),
    hostileText,
  );
  const environment = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/token?x=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    GITHUB_SERVER_URL: 'https://github.com',
    SYSTEM_COLLECTIONURI: `${origin}/contoso/`,
    SYSTEM_OIDCREQUESTURI: `${origin}/contoso/oidctoken`,
  };
  await fuzz(fc.record({ status, type, body, isGitHub: fc.boolean() }), async ({ isGitHub, ...given }) => {
    answer = given;
    const source = isGitHub
      ? ({ kind: 'github', environment } as const)
      : ({ kind: 'azure-pipelines', environment, accessToken: 'x', connectionId: undefined } as const);
    await endsWell(() =>
      new Identity({ source, requiredClaims: [] }, outbound(environment), [gitHubActions, azurePipelines]).getIdToken(
        isGitHub ? 'a' : undefined,
      ),
    );
  });
});
