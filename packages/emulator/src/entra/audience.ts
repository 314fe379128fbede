/** Entra's token exchange, by the name that assertions of either version have. */
export const entraAudience = { uri: 'api://AzureADTokenExchange', clientId: 'fb60f99c-7a34-4190-8149-302f77469936' };
