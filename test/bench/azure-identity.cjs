/** What a job of GitHub Actions would write by itself for an access token of Entra's, on the library that Microsoft has for it. */
const { createRequire } = require('node:module');

const { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN, AUTHORITY, CLIENT, PEERS, TENANT } = process.env;
const { ClientAssertionCredential } = createRequire(`${PEERS}/`)('@azure/identity');

async function idToken() {
  const headers = { authorization: `Bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
  const answer = await fetch(`${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api://AzureADTokenExchange`, { headers });
  return (await answer.json()).value;
}

async function run() {
  const options = { authorityHost: AUTHORITY, disableInstanceDiscovery: true };
  const credential = new ClientAssertionCredential(TENANT, CLIENT, idToken, options);
  const { token } = await credential.getToken('https://graph.microsoft.com/.default');
  console.log(`::add-mask::${token}`);
}

run();
