/** The input that a service connection is given in; users write its alias, as in Azure's own tasks. */
export const connectionInput = { name: 'connectedServiceNameARM', alias: 'azureSubscription' } as const;
