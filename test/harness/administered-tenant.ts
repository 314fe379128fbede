import type { Emulator, EmulatorUrls, Setup } from '@fedbridge/emulator';
import { ids } from './setup.ts';
import { gitHubToken } from './tokens.ts';

/** A tenant that an application administers, which jobs of `octo/platform` may be, with a subscription and a resource group. */
export function administeredTenant(gitHub: string): NonNullable<Setup['tenants']>[number] {
  return {
    id: ids.tenant,
    domains: [ids.domain],
    subscriptions: [{ id: ids.subscription, name: 'Production', resourceGroups: ['web'] }],
    administrators: [ids.app],
    applications: [
      {
        clientId: ids.app,
        displayName: 'platform',
        federatedCredentials: [
          {
            ...{ name: 'platform', issuer: gitHub, subject: 'repo:octo/platform:ref:refs/heads/main' },
            audiences: ['api://AzureADTokenExchange'],
          },
        ],
      },
      { clientId: ids.stranger, displayName: 'stranger', federatedCredentials: [] },
    ],
  };
}

export const administeredSetup = (urls: EmulatorUrls): Setup => ({ tenants: [administeredTenant(urls.github)] });

interface EntraAnswer {
  readonly access_token?: string;
  readonly error_description?: string;
}

/** What Entra answers to a job of GitHub's that asks for a token of an application. */
export async function entraAnswer(
  emulator: Emulator,
  {
    clientId,
    resource,
    repository,
    ref,
  }: Readonly<Record<'clientId' | 'resource', string>> & { repository?: string; ref?: string },
): Promise<EntraAnswer> {
  const job = emulator.startGitHubJob({ ...(repository ? { repository } : {}), ...(ref ? { ref } : {}) });
  const answer = await fetch(`${emulator.urls.entra}/${ids.tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: `${resource}/.default`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await gitHubToken(job.environment, 'api://AzureADTokenExchange'),
    }),
  });
  return (await answer.json()) as EntraAnswer;
}

/** A token of the administrator's. */
export async function administratorToken(emulator: Emulator, resource: string): Promise<string> {
  const { access_token: token, error_description: problem } = await entraAnswer(emulator, {
    ...{ clientId: ids.app, resource, repository: 'octo/platform' },
  });
  if (token === undefined) throw new Error(problem);
  return token;
}
