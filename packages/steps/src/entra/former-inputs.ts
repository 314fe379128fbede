import type { FormerInput, FormerInputs } from '@fedbridge/step';

const secret: FormerInput = {
  is: 'a secret',
  instead: (shown) =>
    `Remove it, and give "${shown('clientId')}" and "${shown('tenantId')}": the job's ID token takes the place of the secret, once the ` +
    'application has a federated credential for it.',
};
const script: FormerInput = {
  is: 'something else',
  instead: (shown) =>
    `This step runs no script: put it in a step after this one, with "${shown('export')}" set to azure-cli.`,
};

/** Source: action.yml of Azure/login v3; task.json of AzureCLI@2, AzureCLI@3 and AzurePowerShell@5. */
export const formerEntraInputs: FormerInputs = {
  creds: secret,
  clientSecret: secret,
  servicePrincipalKey: secret,
  authType: {
    is: 'an identity',
    usual: 'SERVICE_PRINCIPAL',
    instead: (shown) => `For the identity of the machine set "${shown('identity')}" to managed-identity.`,
  },
  enableAzpssession: {
    is: 'something else',
    instead: (shown) => `Set "${shown('export')}" to azure-powershell.`,
  },
  addSpnToEnvironment: {
    is: 'something else',
    instead: (shown, { hasServiceConnections }) => {
      const outputs = hasServiceConnections ? ['servicePrincipalId', 'tenantId', 'idToken'] : ['clientId', 'tenantId'];
      const names = outputs.map((name) => `"${shown(name)}"`);
      return `A later step finds the same in the outputs ${names.slice(0, -1).join(', ')} and ${names.at(-1)} of this one.`;
    },
  },
  keepAzSessionActive: {
    is: 'something else',
    instead: (shown) => `Set "${shown('keepFresh')}", which renews the login for as long as the job runs.`,
  },
  useGlobalConfig: {
    is: 'something else',
    instead: () => 'The Azure CLI has a configuration folder of this job, which later steps find by AZURE_CONFIG_DIR.',
  },
  scriptType: script,
  inlineScript: script,
  scriptPath: script,
};
