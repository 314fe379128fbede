/** A program of a user's that polls an API with a managed identity. Prints each failure, and a count when it is stopped. */
import { ManagedIdentityCredential } from '@azure/identity';
import { poll } from './poll.ts';

const { RESOURCE = '', API = '', ARM_OIDC_REQUEST_URL = '', ARM_OIDC_REQUEST_TOKEN } = process.env;
await poll(async () => {
  // A client of its own each time: its cache would hide the broker.
  const { token } = await new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } }).getToken(
    `${RESOURCE}/.default`,
  );
  const answer = await fetch(`${API}/whoami`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  // As Terraform's providers ask for an ID token.
  const given = await fetch(ARM_OIDC_REQUEST_URL, { headers: { authorization: `Bearer ${ARM_OIDC_REQUEST_TOKEN}` } });
  const [, payload = ''] = ((await given.json()) as { value: string }).value.split('.');
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  if (exp * 1000 <= Date.now()) throw new Error('the ID token has expired');
});
