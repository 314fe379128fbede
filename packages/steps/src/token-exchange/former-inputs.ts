import type { FormerInput, FormerInputs } from '@fedbridge/step';

const secret: FormerInput = {
  is: 'a secret',
  instead: () => "Remove it: the job's ID token takes the place of the secret, once the service trusts it.",
};

/** Sources: google-github-actions/auth, `action.yml`; hashicorp/vault-action, `action.yml`. */
export const formerExchangeInputs: FormerInputs = {
  clientSecret: secret,
  credentialsJson: secret,
  token: secret,
  secretId: secret,
  githubToken: secret,
  jwtPrivateKey: secret,
  clientKey: secret,
  password: secret,
  method: {
    is: 'an identity',
    usual: 'jwt',
    instead: (shown) => `The job's ID token logs in, by the JWT auth method at "${shown('path')}".`,
  },
  authPayload: {
    is: 'an identity',
    instead: (shown) => `The job's ID token logs in, by the JWT auth method at "${shown('path')}".`,
  },
  jwtGithubAudience: { is: 'an identity', instead: (shown) => `It is called "${shown('audience')}" here.` },
  caCertificate: {
    is: 'something else',
    instead: () => 'Name a file that has the CA in NODE_EXTRA_CA_CERTS, in the environment of the job.',
  },
  tlsSkipVerify: {
    is: 'something else',
    instead: () => 'A certificate that is not verified is no secure way to send a token.',
  },
  ignoreNotFound: { is: 'something else', instead: () => 'A secret that is not there fails the step.' },
  outputToken: { is: 'something else', instead: () => 'The token is an output in any case.' },
  delegates: {
    is: 'an identity',
    instead: (shown) => `Grant the job the service account that "${shown('serviceAccount')}" names itself.`,
  },
  tokenFormat: {
    is: 'an identity',
    usual: 'access_token',
    instead: () => 'The step gives an access token, and no ID token of a service account.',
  },
};
