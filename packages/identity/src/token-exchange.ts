/** Entra's token exchange as an audience: by its URI, and by its application id, which tokens of the Entra issuer have. */
export const tokenExchange = {
  uri: 'api://AzureADTokenExchange',
  clientId: 'fb60f99c-7a34-4190-8149-302f77469936',
} as const;
