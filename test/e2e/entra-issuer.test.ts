import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsAccount, type EmulatorUrls, type FederatedCredential, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { printed } from '../harness/cli.ts';
import { allJourneys, type Journey } from '../harness/journeys.ts';
import { ids, sharedSetup, subjects } from '../harness/setup.ts';

const journeyTo = (cloud: Journey['cloud']) =>
  allJourneys.find((one) => one.cloud === cloud && one.subject === subjects.newConnection) as Journey;
const [toAws, toEntra] = [journeyTo('AWS'), journeyTo('Entra')];

/** As an audience, the application that Entra's token exchange is, by its id and its URI; what Azure DevOps is to Entra. */
const [exchangeId, exchange] = ['fb60f99c-7a34-4190-8149-302f77469936', 'api://AzureADTokenExchange'];
const azureDevOps = '499b84ac-1321-427f-aa17-267ca6975798';
/** The end of the connection's issuer, as its addresses and condition keys have it. */
const issuerEnd = `/${ids.tenant}/v2.0`;

const folder = mkdtempSync(join(tmpdir(), 'entra-issuer-'));

/** What `fedbridge trust` writes of the connection, with a mistake where a test has one. */
function written<T>(cloud: 'aws' | 'entra', { entra }: EmulatorUrls, mistake: Mistake, ...more: readonly string[]): T {
  const job = ['--issuer', `${entra}${issuerEnd}`, '--subject', subjects.newConnection];
  const text = JSON.stringify(JSON.parse(printed(['trust', cloud, ...job, ...more], folder)));
  const changed = mistake?.(text) ?? text;
  if (mistake && changed === text) throw new Error('The mistake changes nothing.');
  return JSON.parse(changed);
}
type Mistake = ((text: string) => string) | undefined;

function account(urls: EmulatorUrls, mistake: Mistake): AwsAccount {
  const { provider, trustPolicy } = written<{
    readonly provider: { readonly Url: string; readonly ClientIDList: readonly string[] };
    readonly trustPolicy: object;
  }>('aws', urls, mistake, '--account', ids.account);
  return {
    id: ids.account,
    oidcProviders: [{ url: provider.Url, clientIds: provider.ClientIDList }],
    roles: [{ name: 'deploy', trustPolicy }],
  };
}

/** The task's bundle in a world whose cloud has what was written for the connection, and nothing else. */
async function run(journey: Journey, mistake?: Mistake) {
  await using emulator = await startEmulator({
    setup: (urls) => {
      const { tenants: [tenant] = [], ...others } = sharedSetup(urls);
      if (!tenant) throw new Error('The shared world has changed.');
      if (journey.cloud === 'AWS') return { ...others, tenants: [tenant], accounts: [account(urls, mistake)] };
      const federatedCredentials = [written<FederatedCredential>('entra', urls, mistake)];
      const applications = tenant.applications.map((one) =>
        one.clientId === ids.app ? { ...one, federatedCredentials } : one,
      );
      return { ...others, tenants: [{ ...tenant, applications }], accounts: [] };
    },
  });
  return await journey.start(emulator, {}).run();
}

const replaced = (from: string, to: string) => (text: string) => text.replaceAll(from, to);
const condition = (key: string, from: string, to: string) => replaced(`:${key}":"${from}"`, `:${key}":"${to}"`);
const subject = (to: string) => replaced(`"${subjects.newConnection}"`, `"${to}"`);
const clientIds = (to: string) => replaced(`"ClientIDList":["${azureDevOps}"]`, `"ClientIDList":["${to}"]`);
const issuer = (to: string) => replaced(issuerEnd, to);

interface Refused {
  readonly what: string;
  readonly mistake: (text: string) => string;
  /** What the step says: what the cloud answered, and what would be right. */
  readonly says: readonly string[];
}

const [notListed, notAllowed] = [
  "the audience is not among the OIDC provider's",
  'its trust policy does not allow this job',
];

const atAws: readonly Refused[] = [
  {
    what: 'a provider that lists the id of the token exchange',
    mistake: clientIds(exchangeId),
    says: [notListed, azureDevOps],
  },
  {
    what: 'a provider that lists the URI of the token exchange',
    mistake: clientIds(exchange),
    says: [notListed, azureDevOps],
  },
  {
    what: 'a policy that has the id of the token exchange for :aud',
    mistake: condition('aud', azureDevOps, exchangeId),
    says: [notAllowed, `:oaud": "${exchangeId}"`, `:aud": "${azureDevOps}"`],
  },
  {
    what: 'a policy that has the URI of the token exchange for :aud',
    mistake: condition('aud', azureDevOps, exchange),
    says: [notAllowed, `:aud": "${azureDevOps}"`],
  },
  {
    what: 'a policy that has the URI of the token exchange for :oaud',
    mistake: condition('oaud', exchangeId, exchange),
    says: [notAllowed, `:oaud": "${exchangeId}"`],
  },
  {
    what: 'a policy that has the subject of the Azure DevOps issuer',
    mistake: subject('sc://contoso/web/azure'),
    says: [notAllowed, `:sub": "${subjects.newConnection}"`],
  },
  {
    what: 'a policy that has the subject in another case',
    mistake: subject(subjects.newConnection.toLowerCase()),
    says: [notAllowed, `:sub": "${subjects.newConnection}"`],
  },
  { what: 'a provider with a slash at its end', mistake: issuer(`${issuerEnd}/`), says: [`${issuerEnd}`] },
  { what: 'the provider of the v1 issuer', mistake: issuer(`/${ids.tenant}/`), says: [`${issuerEnd}`] },
];

const atEntra: readonly Refused[] = [
  {
    what: 'the id of the token exchange for its audience',
    mistake: replaced(exchange, exchangeId),
    says: ['AADSTS700214', `"${exchange}"`],
  },
  {
    what: 'the id of Azure DevOps for its audience',
    mistake: replaced(exchange, azureDevOps),
    says: ['AADSTS700212', `the audience ${exchange}`, `"${exchange}"`],
  },
  {
    what: 'the subject of the Azure DevOps issuer',
    mistake: subject('sc://contoso/web/azure'),
    says: ['AADSTS700213', subjects.newConnection],
  },
  {
    what: 'the subject in another case',
    mistake: subject(subjects.newConnection.toLowerCase()),
    says: ['AADSTS700213', subjects.newConnection],
  },
  { what: 'an issuer with a slash at its end', mistake: issuer(`${issuerEnd}/`), says: ['AADSTS700211', issuerEnd] },
  { what: 'the v1 issuer', mistake: issuer(`/${ids.tenant}/`), says: ['AADSTS700211', issuerEnd] },
];

describe('a service connection on the Entra issuer, on what `fedbridge trust` writes for it', () => {
  it.concurrent.each([toAws, toEntra])('goes through: $title', async (journey) => {
    expect((await run(journey)).error).toBeUndefined();
  });

  it.concurrent.each([
    ...atAws.map((one) => ({ ...one, cloud: 'AWS', journey: toAws })),
    ...atEntra.map((one) => ({ ...one, cloud: 'Entra', journey: toEntra })),
  ])('is refused by $cloud with $what', async ({ journey, mistake, says }) => {
    const { error } = await run(journey, mistake);
    for (const text of says) expect(error).toContain(text);
  });
});
