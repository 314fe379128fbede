import { ConfigError, type EmulatorConfig } from '../config/emulator-config.ts';
import { administrator, type JobChange, startJob } from '../config/start-job.ts';
import type { Emulator, Setup } from '../emulator.ts';

/** What somebody at the page wants a job to ask for. */
export interface Wanted {
  readonly job: string;
  readonly changes: readonly JobChange[];
  /** The ARN of a role, or a client ID. */
  readonly wanted: string;
  /** For whom the ID token is, where it is not the cloud's usual audience. */
  readonly audience?: string | undefined;
}

/**
 * Plays a job that exchanges its ID token, over HTTP as a job does. What comes of it is in the list of requests.
 *
 * @throws ConfigError for what there is not, Error for a job that gets no ID token
 */
export async function play(emulator: Emulator, config: EmulatorConfig, setup: Setup, asked: Wanted): Promise<void> {
  const { platform, environment } = await startJob(emulator, config, asked.job, asked.changes);
  if (platform === administrator) throw new Error(`${administrator} is no job, and has no ID token.`);
  const isRole = asked.wanted.startsWith('arn:');
  const audience = asked.audience ?? (isRole ? 'sts.amazonaws.com' : 'api://AzureADTokenExchange');
  const token = await tokens[platform](environment, audience);
  const isWanted = ({ clientId }: { readonly clientId: string }) =>
    clientId.toLowerCase() === asked.wanted.toLowerCase();
  const tenant = setup.tenants?.find(({ applications }) => applications.some(isWanted));
  if (!isRole && !tenant) {
    throw new ConfigError([{ path: ['tenants'], message: `No application ${asked.wanted} is configured.` }]);
  }
  const [url, body] = isRole
    ? [emulator.urls.sts, assumeRole(asked.wanted, token)]
    : [`${emulator.urls.entra}/${tenant?.id}/oauth2/v2.0/token`, clientCredentials(asked.wanted, token)];
  await fetch(url, { method: 'POST', body });
}

type Variables = Readonly<Record<string, string>>;

/** How a job of each platform gets its ID token. */
const tokens = {
  async github(environment: Variables, audience: string) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
    if (url === undefined) throw new Error('The job has no permission id-token: write.');
    const headers = { authorization: `Bearer ${bearer}` };
    return textIn(await fetch(`${url}&audience=${encodeURIComponent(audience)}`, { headers }), 'value');
  },
  async 'azure-pipelines'(environment: Variables) {
    const [id] = Object.keys(environment).flatMap((name) => /^ENDPOINT_DATA_([\da-f-]{36})_/i.exec(name)?.[1] ?? []);
    const url = new URL(environment.SYSTEM_OIDCREQUESTURI ?? '');
    url.searchParams.set('api-version', '7.1');
    if (id !== undefined) url.searchParams.set('serviceConnectionId', id);
    const headers = { authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}` };
    return textIn(await fetch(url, { method: 'POST', headers }), 'oidcToken');
  },
  async gitlab(environment: Variables, audience: string) {
    const found = Object.values(environment).find((value) => audienceOf(value) === audience);
    if (found === undefined) throw new Error(`The job has no id_tokens: with aud: ${audience}.`);
    return found;
  },
} as const;

async function textIn(answer: Response, name: string): Promise<string> {
  if (!answer.ok) throw new Error(`The platform gave the job no ID token: HTTP ${answer.status}.`);
  return String(((await answer.json()) as Variables)[name]);
}

function audienceOf(token: string): unknown {
  const [, claims = ''] = token.split('.');
  try {
    return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud?: unknown }).aud;
  } catch {
    return undefined;
  }
}

function assumeRole(role: string, token: string): URLSearchParams {
  const session = { RoleArn: role, RoleSessionName: 'emulator', WebIdentityToken: token };
  return new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', ...session });
}

function clientCredentials(clientId: string, token: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: 'https://graph.microsoft.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  });
}
