import { assumeRolePath, parseRoleArn, parseSessionName } from '@fedbridge/aws';
import { type Endpoint, HttpClient, parseEndpoint } from '@fedbridge/core';
import { exchangeForAccessToken, parseClientId, parseResource, parseTenantId } from '@fedbridge/entra';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { outcomeOf, quietOutbound } from '../harness/outbound.ts';
import { ids, region, role } from '../harness/setup.ts';
import { admittedToken } from '../harness/tokens.ts';
import { entraAnswers, stsAnswers } from './answers.ts';
import { exchangeRows, requestRows } from './entra-exchange.ts';
import { rolesClaimRows } from './sts-roles-claim.ts';
import { tokenRows } from './sts-tokens.ts';
import { givenFor, resolved } from './world.ts';

const http = new HttpClient({});
afterAll(() => http.close());
const now = 1_795_000_000_000;
const outbound = quietOutbound(
  { http, deadline: now + 10_000, maxAttempts: 1, mask: () => {} },
  { now: () => now, random: () => 0, sleep: async () => {} },
);
const issuer = 'https://issuer.example.com';
const idToken = admittedToken({ iss: issuer, sub: 'job-7', aud: 'first-client', exp: now / 1000 + 300 });

/** For a code or a text that nobody has thought of. */
const unheardOf = 'the request was not accepted';

/** What a step says of an answer to its request. */
async function told(answer: Answer, ask: (endpoint: Endpoint) => Promise<unknown>): Promise<string> {
  await using server = await answering(answer);
  const { error } = await outcomeOf(ask(parseEndpoint(server.url, 'x')));
  return error?.message ?? '';
}

function toldOfSts(code: string, text: string): Promise<string> {
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  const request = {
    ...{ region, path: [parseRoleArn(role)] as const, sessionName: parseSessionName('job') },
    ...{ tags: [], transitiveTagKeys: [], plainSecret: false },
  };
  return told({ status: 400, body }, (endpoint) =>
    assumeRolePath({ endpoint, ...request }, async () => idToken, outbound),
  );
}

function toldOfEntra(code: string, text: string): Promise<string> {
  const body = {
    error: 'invalid_client',
    error_description: `${code}: ${text} Trace ID: 1`,
    error_codes: [Number(code.slice(6))],
  };
  const request = {
    tenantId: parseTenantId(ids.tenant),
    clientId: parseClientId(ids.app),
    resource: parseResource('https://vault.azure.net/.default'),
  };
  return told({ status: 401, body }, (authority) =>
    exchangeForAccessToken({ authority, ...request }, async () => idToken, outbound),
  );
}

describe('a step knows what STS answers', () => {
  it.each(stsAnswers)('$name [$source]', async ({ code, text, means }) => {
    expect(await toldOfSts(code, text)).toContain(means);
  });

  const given = givenFor('open', issuer, now / 1000);
  // A parameter that no step sends, and a failure of the service, which is tried again.
  const seen = [...tokenRows, ...rolesClaimRows].flatMap(({ name, about, answer }) =>
    about === 'request' && name.includes('ProviderId') ? [] : 'denies' in answer ? [{ name, ...answer }] : [],
  );
  it.each(seen.filter(({ denies }) => denies !== 'InternalFailure'))('$name: $denies', ({ denies, saying }) => {
    const digitless = (text: string) => text.replaceAll(/\d+/g, '0');
    const text = resolved(saying, given);
    const known = stsAnswers.map((one) => `${one.code} ${digitless(one.text)}`);
    expect(known).toContain(`${denies} ${digitless(text)}`);
  });
});

describe('a step knows what Entra answers', () => {
  it.each(entraAnswers)('$name [$source]', async ({ code, text, means }) => {
    expect(await toldOfEntra(code, text)).toContain(means);
  });

  const seen = [...exchangeRows, ...requestRows].flatMap(({ name, code }) =>
    code === undefined ? [] : [{ name, code }],
  );
  it.each(seen)('$name: AADSTS$code', ({ code }) => {
    expect(entraAnswers.map((one) => one.code)).toContain(`AADSTS${code}`);
  });
});

it('what nobody has thought of is told apart', async () => {
  expect(await toldOfSts('UnheardOf', 'x')).toContain(unheardOf);
  expect(await toldOfEntra('AADSTS9999999', 'x')).toContain(unheardOf);
});
