/** A program of a user's that polls an API with a managed identity. Prints each failure, and a count when it is stopped. */
import { readFileSync } from 'node:fs';
import { ManagedIdentityCredential } from '@azure/identity';
import { poll } from './poll.ts';

const { RESOURCE = '', API = '', TOKEN_FILE = '' } = process.env;
await poll(async () => {
  // A client of its own each time: its cache would hide the broker.
  const { token } = await new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } }).getToken(
    `${RESOURCE}/.default`,
  );
  const answer = await fetch(`${API}/whoami`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const [, payload = ''] = readFileSync(TOKEN_FILE, 'utf8').split('.');
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  if (exp * 1000 <= Date.now()) throw new Error('the token in the file has ended');
});
