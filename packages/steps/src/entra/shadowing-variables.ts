/**
 * What `EnvironmentCredential` takes, which comes first in `DefaultAzureCredential`.
 * Source: Azure SDK, "EnvironmentCredential", in each language.
 */
export const environmentCredential = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_USERNAME',
  'AZURE_PASSWORD',
];

/** What turns clients of a managed identity to another protocol than App Service's. Source: MSAL, managed identity sources. */
export const otherMachines = ['IDENTITY_SERVER_THUMBPRINT', 'IMDS_ENDPOINT', 'MSI_ENDPOINT', 'MSI_SECRET'];

/** Secrets that Terraform's tools take in the place of any ID token; with the last two the azurerm backend signs. */
export const longLived = [
  'ARM_CLIENT_SECRET',
  'ARM_CLIENT_SECRET_FILE_PATH',
  'ARM_CLIENT_CERTIFICATE',
  'ARM_CLIENT_CERTIFICATE_PATH',
  'ARM_CLIENT_CERTIFICATE_PASSWORD',
  'ARM_ACCESS_KEY',
  'ARM_SAS_TOKEN',
];
