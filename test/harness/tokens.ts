import { type AdmittedIdToken, IdToken } from '@fedbridge/identity';
import type { Variables } from './process.ts';

/** An ID token as GitHub gives a job one, asked for by hand. */
export async function gitHubToken(environment: Variables, audience: string): Promise<string> {
  const url = `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(audience)}`;
  const headers = { authorization: `Bearer ${environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
  return ((await (await fetch(url, { headers })).json()) as { value: string }).value;
}

/** An ID token as Azure Pipelines gives a job's pipeline one. */
export async function azurePipelinesToken(environment: Variables): Promise<string> {
  const headers = { authorization: `Bearer ${environment.ENDPOINT_AUTH_PARAMETER_SystemVssConnection_ACCESSTOKEN}` };
  const answer = await fetch(`${environment.SYSTEM_OIDCREQUESTURI}?api-version=7.1`, { method: 'POST', headers });
  return ((await answer.json()) as { oidcToken: string }).oidcToken;
}

/** A token with these claims and a signature that nobody made. */
export function unsignedToken(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
}

/** What an exchange takes, of a test that is about the exchange and not about the gate before it. */
export function admittedToken(claims: object): AdmittedIdToken {
  return IdToken.parse(unsignedToken(claims)) as AdmittedIdToken;
}
