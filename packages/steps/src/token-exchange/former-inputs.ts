import type { FormerInput, FormerInputs } from '@fedbridge/step';

const secret: FormerInput = {
  is: 'a secret',
  instead: () => "Remove it: the job's ID token takes the place of the secret, once the service trusts it.",
};

/** Source: what the field's own clients of such services are given. */
export const formerExchangeInputs: FormerInputs = { clientSecret: secret };
