import { audienceOf, type ExchangedToken, type ExchangeOrder, exchange, whoOf } from '@fedbridge/exchange';
import { reuseWhileFresh } from '@fedbridge/identity';
import { defineStep, type Host, type StepContext } from '@fedbridge/step';
import { deliver } from './token-exchange/deliver.ts';
import { formerExchangeInputs } from './token-exchange/former-inputs.ts';
import { exchangeInputs } from './token-exchange/inputs.ts';
import { orderOf } from './token-exchange/order.ts';
import { rememberTokens } from './token-exchange/remembered-tokens.ts';

/** The step that exchanges the ID token by a profile. */
export const tokenExchange = defineStep({
  name: 'token-exchange',
  task: { name: 'FedbridgeTokenExchange', id: '7e4b1c96-2d5a-4f83-9b60-c8a17f3d5e44' },
  title: 'Fedbridge token exchange',
  description: 'Exchange the ID token of this job for a token of any service that trusts it. No stored secret.',
  serviceConnection: 'optional',
  inputs: exchangeInputs,
  formerInputs: formerExchangeInputs,
  outputs: {
    accessToken: { description: 'The token that the service gave, a secret.' },
    expiresOn: { description: 'When it expires, ISO 8601 in UTC, where the service says.' },
    credentialsFilePath: { description: "google: the path of the credential file that Google's clients read." },
    secret: { description: 'vault: each of {secrets}, by its name: {<name>:secret}.' },
    tokenFile: { description: 'With {keepFresh}: the path of a file that always has a token which is valid.' },
  },
  async run(context) {
    const { host, inputs, outbound, identity } = context;
    const order = orderOf(host, inputs);
    const audience =
      inputs.audience ?? (identity.audience === 'chosen' ? audienceOf(order.profile, order.values) : undefined);
    const idToken = reuseWhileFresh(identity, audience, outbound.system);
    const token = await exchange(order, idToken, outbound);
    const tokens = [token.reveal()];
    rememberTokens(host, { ...order, tokens });
    const secrets = await secretsFor(context, order, token);
    const { keepTokenFresh } = inputs.keepFresh ? await import('./token-exchange/keep-fresh.ts') : {};
    const kept = await keepTokenFresh?.(context, inputs, { order, audience, token });
    if (kept) rememberTokens(host, { ...order, tokens, tokenFile: kept.tokenFile });
    const exported = await deliver(host, order, { token, idToken, kept, secrets });
    publish(host, token, kept?.tokenFile);
    const { expiresAt, presented } = token;
    return {
      identities: [{ who: whoOf(order.profile, order.values), expiresAt, presented, keptFresh: inputs.keepFresh }],
      exported: ['output {accessToken}', ...(kept ? ['output {tokenFile}'] : []), ...exported],
    };
  },
  cleanUp: async () => (await import('./token-exchange/clean-up.ts')).cleanUpTokenExchange,
});

/** What the token opens of what the user wants. @throws FedbridgeError as `readSecrets` */
async function secretsFor(
  { inputs, outbound }: StepContext<typeof exchangeInputs>,
  order: ExchangeOrder,
  token: ExchangedToken,
) {
  if (inputs.secrets === undefined) return [];
  const { readSecrets } = await import('@fedbridge/exchange/secrets');
  return readSecrets(order, token, inputs.secrets.secrets, outbound);
}

function publish(host: Host, token: ExchangedToken, tokenFile: string | undefined): void {
  host.setSecretOutput('accessToken', token.reveal());
  if (token.expiresAt !== undefined) host.setOutput('expiresOn', new Date(token.expiresAt).toISOString());
  if (tokenFile !== undefined) host.setOutput('tokenFile', tokenFile);
}
