import { type Fault, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import { ids, role, sharedSetup, subjects } from '../harness/setup.ts';
import { webIdentityDenials } from '../harness/web-identity-denials.ts';
import { expectNoSecretShown } from './secrets.ts';

const [gitHubAws, gitHubEntra, azureAws, azureEntra] = mainJourneys as [Journey, Journey, Journey, Journey];

/** A code, what is told, and what to do. */
type Entry = readonly [code: string, error: string, told: string, toDo: string | RegExp];

const credential = /"subject": "repo:octo\/app:ref:refs\/heads\/main"/;

/** Every code of Entra that is known to meet federation. */
const entraCodes: readonly Entry[] = [
  ['70021', 'EXCHANGE_REFUSED', 'no federated credential matches this job', credential],
  ['700211', 'EXCHANGE_REFUSED', 'no federated credential has this issuer', 'See that client-id is right. If it is, '],
  ['700212', 'EXCHANGE_REFUSED', 'no federated credential has this audience', 'audience and environment are right'],
  [
    '700213',
    'EXCHANGE_REFUSED',
    'no federated credential has this subject',
    'may name another branch or an environment',
  ],
  [
    '7002138',
    'EXCHANGE_REFUSED',
    "differs from a federated credential's in upper and lower case alone",
    'Entra compares case',
  ],
  ['70025', 'EXCHANGE_REFUSED', 'the application has no federated credential', 'has no federated credential at all'],
  [
    '700214',
    'EXCHANGE_REFUSED',
    "federated credential's audience is not one",
    'the URI api://AzureADTokenExchange, and not the GUID',
  ],
  [
    '7002137',
    'EXCHANGE_REFUSED',
    'no federated credential has this subject of a token of Entra itself',
    'exactly as the token has it',
  ],
  ['7000272', 'EXCHANGE_REJECTED', 'does not publish the key', 'Run the job again'],
  ['50013', 'EXCHANGE_REJECTED', "signature does not fit the issuer's keys", 'See that the jwks_uri of'],
  ['50027', 'EXCHANGE_REJECTED', 'the ID token is malformed', 'is set up to put into a token'],
  ['700231', 'EXCHANGE_REJECTED', 'itself obtained with a federated credential', 'no token for a second exchange'],
  ['700024', 'EXCHANGE_REJECTED', 'the ID token is outside its time range', 'The clock of this machine'],
  ['700027', 'EXCHANGE_REJECTED', "signature does not fit the issuer's keys", 'Run the job again'],
  ['700222', 'EXCHANGE_REJECTED', 'tokens of Entra itself may not be used', 'See that tenant-id is right'],
  ['700229', 'EXCHANGE_REJECTED', 'the token speaks for a user', 'See that tenant-id is right'],
  ['700236', 'EXCHANGE_REJECTED', 'the ID token is of another tenant', 'See that tenant-id is right'],
  ['700223', 'EXCHANGE_REJECTED', 'a policy of the tenant, forbids this issuer', "Ask the tenant's administrators"],
  [
    '700238',
    'EXCHANGE_REJECTED',
    'a policy of the tenant forbids workload identity',
    "Ask the tenant's administrators",
  ],
  ['70052', 'EXCHANGE_REJECTED', 'the application is a multi-tenant one', 'applications of a single tenant'],
  ['70023', 'EXCHANGE_REJECTED', 'the ID token lives for more than 25 hours', 'a shorter life'],
  ['700016', 'EXCHANGE_REJECTED', 'there is no such application in the tenant', 'client-id and tenant-id are right'],
  ['7000229', 'EXCHANGE_REJECTED', 'has no service principal in the tenant', `az ad sp create --id ${ids.app}`],
  ['7000112', 'EXCHANGE_REJECTED', 'the application is disabled', `An owner of ${ids.app}`],
  ['90002', 'EXCHANGE_REJECTED', 'there is no such tenant', 'See that tenant-id is right, and environment'],
  ['900023', 'EXCHANGE_REJECTED', 'the tenant is neither a GUID nor a domain', 'See that tenant-id is right'],
  ['50194', 'EXCHANGE_REJECTED', 'no tenant was named', 'See that tenant-id is right'],
  ['50020', 'EXCHANGE_REJECTED', 'the identity is of another tenant', 'client-id and tenant-id are right'],
  ['90014', 'EXCHANGE_REJECTED', 'a field of the request is missing', 'client-id and tenant-id are right'],
  ['900144', 'EXCHANGE_REJECTED', 'a field of the request is missing', 'client-id and tenant-id are right'],
  ['7000218', 'EXCHANGE_REJECTED', 'a field of the request is missing', 'client-id and tenant-id are right'],
  ['70003', 'EXCHANGE_REJECTED', 'it does not take this kind of request', 'something that is not Entra'],
  ['900382', 'EXCHANGE_REJECTED', 'the application is in another cloud', 'See that environment is the cloud of'],
  ['500011', 'EXCHANGE_REJECTED', 'the tenant does not know the resource', 'See that resource is right'],
  ['1002012', 'EXCHANGE_REJECTED', 'not one that tokens are given for', 'See that resource is right'],
  ['501051', 'EXCHANGE_REJECTED', 'has no role of the resource', `assigns one to ${ids.app}`],
  ['65001', 'EXCHANGE_REJECTED', 'nobody has consented', `grants ${ids.app} its permissions`],
  ['53003', 'EXCHANGE_REJECTED', 'Conditional Access blocks it', 'policy for workload identities'],
  ['530003', 'EXCHANGE_REJECTED', 'Conditional Access asks for a managed device', 'policy for workload identities'],
  ['501661', 'UNAVAILABLE', "the issuer's keys could not be read", '.well-known/openid-configuration'],
  ['50166', 'UNAVAILABLE', "the issuer's keys could not be read", '.well-known/openid-configuration'],
  ['90061', 'UNAVAILABLE', 'the issuer could not be reached', '.well-known/openid-configuration'],
  ['9999999', 'EXCHANGE_REJECTED', 'the request was not accepted', 'What Entra says is above'],
];

/** Where these are told, the trust policy is not what is wrong: nothing is shown that would widen it. */
const nothingToPaste = (error: string) => error !== 'EXCHANGE_REFUSED';

const errors = { denied: 'EXCHANGE_REFUSED', rejected: 'EXCHANGE_REJECTED', unavailable: 'UNAVAILABLE' } as const;

/** Every code of STS that is known to meet federation; a text behind the code where that tells which of several it is. */
const stsCodes: readonly Entry[] = [
  ...webIdentityDenials.flatMap(({ code, message, kind, what, fix }): readonly Entry[] =>
    fix === undefined ? [] : [[`${code} ${message}`, errors[kind], what, fix]],
  ),
  ['MalformedPolicyDocument', 'EXCHANGE_REJECTED', 'the session policy is not one that IAM', 'inline-session-policy'],
  ['PackedPolicyTooLarge', 'EXCHANGE_REJECTED', 'the session is too large', 'Tags that the ID token has'],
  ['Throttling', 'UNAVAILABLE', 'it is throttling', 'Fewer jobs at once'],
  ['UnheardOf It is new.', 'EXCHANGE_REJECTED', 'the request was not accepted', 'AWS STS API Reference'],
];

const entraFault = (code: string): Fault => ({
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: 'invalid_request',
    error_description: `AADSTS${code}: Something about ${code}.\r\nTrace ID: 1`,
    error_codes: [Number(code)],
    trace_id: '11111111-2222-4333-8444-555555555555',
  }),
});
/** A code of STS always comes with a text. */
const worded = (code: string) => (/^\d|\s/.test(code) ? code : `${code} Something about it`);
const stsFault = (told: string): Fault => {
  const [code = '', ...message] = told.split(' ');
  return {
    status: code === 'AccessDenied' ? 403 : 400,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message.join(' ')}</Message></Error><RequestId>6a7b8c9d-0e1f-4a2b-8c3d-4e5f6a7b8c9d</RequestId></ErrorResponse>`,
  };
};

async function refused(journey: Journey, fault?: Fault, job: Readonly<Record<string, unknown>> = {}) {
  await using emulator = await startEmulator({ setup: sharedSetup });
  const service = journey.cloud === 'AWS' ? 'sts' : 'entra';
  if (fault) emulator.inject({ service, fault, times: 1 });
  const step = journey.start(emulator, { inputs: input(journey, 'disable-retry', 'true'), job });
  const run = await step.run();
  expectNoSecretShown(run, emulator);
  expect(step.files()).toEqual([]);
  return run;
}

describe.each([
  [
    'Entra',
    gitHubEntra,
    entraCodes,
    entraFault,
    (code: string) => `AADSTS${code}`,
    (code: string) => new RegExp(`HTTP 400, trace_id [\\w-]+: Something about ${code}\\.(\\n|<)`),
  ],
  [
    'STS',
    gitHubAws,
    stsCodes,
    stsFault,
    (code: string) => code.split(' ')[0]?.replace(/Exception$/, '') ?? '',
    (code: string) => worded(code).split(' ').slice(1).join(' '),
  ],
] as const)('%s', (service, journey, entries, fault, codeOf, saidBy) => {
  it.concurrent.each(entries)('%s: [%s] %s', async (code, error, told, toDo) => {
    const run = await refused(journey, fault(worded(code)));
    expect(run.error).toContain(`[${error}]`);
    expect(run.error).toContain(told);
    expect(run.error).toContain(`Answer: ${codeOf(code)}, HTTP 4`);
    expect(run.error).toMatch(toDo);
    expect(run.error).toContain(`subject   ${subjects.gitHub}`);
    expect(run.error).toMatch(saidBy(code));
    expect(run.error).toContain(service === 'Entra' ? ' a token for https://management.azure.com: ' : ` ${role}: `);
    if (nothingToPaste(error)) expect(run.error).not.toMatch(/"(subject|Statement)":/);
    const summary = shown(run.summary);
    expect(summary).toMatch(saidBy(code));
    expect(summary).toContain(told);
    expect(summary).toContain(`| Subject | <code>${subjects.gitHub}</code> |`);
    expect(summary).toMatch(toDo);
  });
});

describe('the document to paste', () => {
  const documentIn = (summary: string) => /\n```\n([\s\S]*?)\n```\n/.exec(summary)?.[1] ?? '';
  const stranger = { ref: 'refs/heads/other' };

  it('lets the job in once it is pasted: Entra', async () => {
    const run = await refused(gitHubEntra, undefined, stranger);
    const pasted = JSON.parse(documentIn(run.summary));
    expect(run.error).toContain('This is a whole federated credential');
    await using emulator = await startEmulator({
      setup: (urls) => {
        const { tenants = [], ...others } = sharedSetup(urls);
        const [tenant] = tenants;
        if (!tenant) throw new Error('The shared world has changed.');
        const applications = tenant.applications.map((one) =>
          one.clientId === ids.app ? { ...one, federatedCredentials: [{ ...pasted, issuer: urls.github }] } : one,
        );
        return { ...others, tenants: [{ ...tenant, applications }] };
      },
    });
    expect((await gitHubEntra.start(emulator, { job: stranger }).run()).error).toBeUndefined();
  });

  it('lets the job in once it is pasted: AWS', async () => {
    const run = await refused(gitHubAws, undefined, stranger);
    const pasted = documentIn(run.summary);
    expect(run.error).toContain('add the statement of this document to its trust policy');
    expect(run.error).toContain('The document is a whole trust policy');
    const issuer = /oidc-provider\/(127\.0\.0\.1:\d+)/.exec(pasted)?.[1] ?? '';
    await using emulator = await startEmulator({
      setup: (urls) => ({
        ...sharedSetup(urls),
        accounts: [
          {
            id: ids.account,
            oidcProviders: [{ url: urls.github, clientIds: ['sts.amazonaws.com'] }],
            roles: [{ name: 'deploy', trustPolicy: JSON.parse(pasted.replaceAll(issuer, new URL(urls.github).host)) }],
          },
        ],
      }),
    });
    expect((await gitHubAws.start(emulator, { job: stranger }).run()).error).toBeUndefined();
  });

  it.each([
    [gitHubAws, { environment: 'production' }, 'The job names an environment'],
    [gitHubAws, { repository: 'octo/web', immutableSubject: true }, 'This repository has immutable subjects'],
    [gitHubEntra, { event: 'pull_request' }, 'It runs for a pull request'],
    [gitHubEntra, { ref: 'refs/tags/v1' }, 'It runs for a tag'],
    [azureAws, { pipeline: 'nightly' }, 'The job uses no service connection'],
  ])('$title: the likely cause for %o', async (journey, job, cause) => {
    const run = await refused(journey, undefined, job);
    expect(run.error).toContain(cause);
    expect(shown(run.summary)).toContain(cause);
  });

  it('a name that would end the block, or draw in the summary, does not', async () => {
    const ref = 'refs/heads/```|<b>`x`</b>';
    const run = await refused(gitHubEntra, undefined, { ref });
    const [, fence = ''] = /\n(`{3,})\n\{/.exec(run.summary) ?? [];
    expect(fence.length).toBeGreaterThan(3);
    const outside = run.summary
      .split(fence)
      .filter((_, index) => index % 2 === 0)
      .join('');
    expect(outside).not.toMatch(/`|<b>/);
  });

  it('is not written where no summary is wanted', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const inputs = { ...input(azureEntra, 'summary', 'false'), ...input(azureEntra, 'disable-retry', 'true') };
    emulator.inject({ service: 'entra', fault: entraFault('70021') });
    const run = await azureEntra.start(emulator, { inputs }).run();
    expect(run.error).toContain('AADSTS70021');
    expect(run.summary).toBe('');
  });

  it('names the role in Azure Pipelines too', async () => {
    const run = await refused(azureAws, stsFault('AccessDenied'));
    expect(run.error).toContain(`See that roleToAssume is right and ${role} exists`);
    expect(documentIn(run.summary)).toContain('"p://contoso/web/release"');
  });
});
