import type { FormerInput, FormerInputs } from '@fedbridge/step';

const secret: FormerInput = {
  is: 'a secret',
  instead: () => "Remove it: the job's ID token takes the place of the secret, once the service trusts it.",
};

/** Source: google-github-actions/auth, `action.yml`. */
export const formerExchangeInputs: FormerInputs = {
  clientSecret: secret,
  credentialsJson: secret,
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
