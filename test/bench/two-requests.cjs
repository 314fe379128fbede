/**
 * The least that a step can be: an ID token is asked for, and sent to a token endpoint. As CommonJS, since an ES module that imports
 * node:http has Node load its WebSocket too, for as long as Node takes to start.
 */
const http = require('node:http');
const https = require('node:https');

const { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN, TOKEN_ENDPOINT, TOKEN_FORM } = process.env;

function ask(url, options, body) {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http;
    const outgoing = request(url, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    outgoing.on('error', reject).end(body);
  });
}

async function run() {
  const headers = { authorization: `Bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
  const { value } = JSON.parse(
    await ask(`${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api%3A%2F%2FAzureADTokenExchange`, { headers }),
  );
  const form = new URLSearchParams(TOKEN_FORM);
  form.set('client_assertion', value);
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = JSON.parse(await ask(TOKEN_ENDPOINT, { method: 'POST', headers: type }, form.toString()));
  if (!answer.access_token) throw new Error('no access token');
}

run();
