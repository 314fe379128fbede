import { startEmulator } from '@fedbridge/emulator';
import { awsTrust, connectionJob, entraTrust } from '@fedbridge/trust';
import { describe, expect, it } from 'vitest';
import { allJourneys, type Journey } from '../harness/journeys.ts';
import { ids, sharedSetup, subjects } from '../harness/setup.ts';

const journeyTo = (cloud: Journey['cloud']) =>
  allJourneys.find((one) => one.cloud === cloud && one.subject === subjects.newConnection) as Journey;
const [toAws, toEntra] = [journeyTo('AWS'), journeyTo('Entra')];

/** As an audience, the application that Entra's token exchange is; what Azure DevOps is to Entra. */
const [exchangeId, azureDevOps] = ['fb60f99c-7a34-4190-8149-302f77469936', '499b84ac-1321-427f-aa17-267ca6975798'];

/** The task in a world whose clouds trust a service connection on the Entra issuer with what was written for it, or with a mistake. */
async function run(journey: Journey, mistake: (text: string) => string = (text) => text) {
  await using emulator = await startEmulator({
    setup: (urls) => {
      const { tenants: [tenant] = [], ...others } = sharedSetup(urls);
      if (!tenant) throw new Error('The shared world has changed.');
      const job = connectionJob(`${urls.entra}/${ids.tenant}/v2.0`, subjects.newConnection);
      const written = <T>(document: T) => JSON.parse(mistake(JSON.stringify(document))) as T;
      const { provider, trustPolicy } = written(awsTrust(job, { account: ids.account, partition: 'aws' }));
      const federatedCredentials = [written(entraTrust(job, 'connection'))];
      return {
        ...others,
        tenants: [
          {
            ...tenant,
            applications: tenant.applications.map((one) =>
              one.clientId === ids.app ? { ...one, federatedCredentials } : one,
            ),
          },
        ],
        accounts: [
          {
            id: ids.account,
            oidcProviders: provider ? [{ url: provider.Url, clientIds: provider.ClientIDList }] : [],
            roles: [{ name: 'deploy', trustPolicy }],
          },
        ],
      };
    },
  });
  return await journey.start(emulator, {}).run();
}

describe('a service connection on the Entra issuer', () => {
  it.concurrent.each([toAws, toEntra])('$title: what is written for it is what lets it through', async (journey) => {
    expect((await run(journey)).error).toBeUndefined();
  });

  it.concurrent('is denied by AWS where the provider lists its audience in the place of its azp', async () => {
    const { error } = await run(toAws, (text) =>
      text.replace(`"ClientIDList":["${azureDevOps}"]`, `"ClientIDList":["${exchangeId}"]`),
    );
    expect(error).toContain("the audience is not among the OIDC provider's");
    expect(error).toContain(azureDevOps);
  });

  it.concurrent('is denied by AWS where the trust policy takes aud for its audience', async () => {
    const { error } = await run(toAws, (text) => text.replace(`:aud":"${azureDevOps}"`, `:aud":"${exchangeId}"`));
    expect(error).toContain('its trust policy does not allow this job');
    expect(error).toContain(`:oaud": "${exchangeId}"`);
  });

  it.concurrent('is denied by Entra where its credential has the id of the token exchange', async () => {
    const { error } = await run(toEntra, (text) => text.replace('api://AzureADTokenExchange', exchangeId));
    expect(error).toContain('AADSTS700214');
    expect(error).toContain('"api://AzureADTokenExchange"');
  });
});
