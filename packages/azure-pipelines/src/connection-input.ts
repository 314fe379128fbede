/** The input that a service connection is given in; users write its alias, as in Azure's own tasks. */
export const connectionInput = { name: 'connectedServiceNameARM', alias: 'azureSubscription' } as const;

/** The input of a connection that has an identity and no subscription, under the name that AzureCLI@3 gives it. */
export const devOpsConnectionInput = 'azureDevOpsServiceConnection';
