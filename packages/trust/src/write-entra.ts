import { inertJson } from '@fedbridge/core';
import { credentialAudience } from '@fedbridge/issuers';
import type { FederatedCredential } from './federated-credential.ts';
import { Expression, hclBlock } from './hcl.ts';
import type { TrustedJob } from './job.ts';
import { command } from './shell.ts';
import { unsayable } from './unsayable.ts';

/** What the federated credential is put on. */
export type EntraPlace =
  | {
      /** The client id. */
      readonly application: string;
      /** What Bicep knows it by. */
      readonly uniqueName?: string | undefined;
    }
  | { readonly managedIdentity: string; readonly resourceGroup: string };

/** The federated credential that lets a job in, and no other. */
export function entraTrust({ issuer, subject, audience }: TrustedJob, name: string): FederatedCredential {
  return { name, issuer, subject, audiences: [credentialAudience(audience)] };
}

export type EntraFormat = 'json' | 'az' | 'terraform' | 'bicep';

/** The document as a text. */
export function formatEntraTrust(credential: FederatedCredential, place: EntraPlace, format: EntraFormat): string {
  const { name, issuer, subject, audiences } = credential;
  const ofIdentity = 'managedIdentity' in place;
  switch (format) {
    case 'json':
      return inertJson(credential, 2);
    case 'az':
      return (
        azCommand(credential, place) ??
        unsayable('A name, the issuer, the subject or the audience cannot be written as a command')
      );
    case 'terraform':
      return ofIdentity
        ? [
            hclBlock('data "azurerm_user_assigned_identity" "fedbridge"', {
              name: place.managedIdentity,
              resource_group_name: place.resourceGroup,
            }),
            '',
            hclBlock('resource "azurerm_federated_identity_credential" "fedbridge"', {
              parent_id: new Expression('data.azurerm_user_assigned_identity.fedbridge.id'),
              resource_group_name: place.resourceGroup,
              ...{ name, issuer, subject, audience: audiences },
            }),
          ].join('\n')
        : [
            hclBlock('data "azuread_application" "fedbridge"', { client_id: place.application }),
            '',
            hclBlock('resource "azuread_application_federated_identity_credential" "fedbridge"', {
              application_id: new Expression('data.azuread_application.fedbridge.id'),
              display_name: name,
              ...{ issuer, subject, audiences },
            }),
          ].join('\n');
    case 'bicep': {
      const members = [
        `issuer: ${bicep(issuer)}`,
        `subject: ${bicep(subject)}`,
        `audiences: [${audiences.map(bicep).join(', ')}]`,
      ];
      return ofIdentity
        ? [
            "resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {",
            `  name: ${bicep(place.managedIdentity)}`,
            '}',
            '',
            "resource credential 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {",
            '  parent: identity',
            `  name: ${bicep(name)}`,
            '  properties: {',
            ...members.map((member) => `    ${member}`),
            '  }',
            '}',
          ].join('\n')
        : [
            'extension microsoftGraphV1',
            '',
            "resource application 'Microsoft.Graph/applications@v1.0' existing = {",
            `  uniqueName: ${bicep(place.uniqueName ?? place.application)}`,
            '}',
            '',
            "resource credential 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {",
            `  name: '\${application.uniqueName}/${bicepText(name)}'`,
            ...members.map((member) => `  ${member}`),
            '}',
          ].join('\n');
    }
  }
}

function azCommand(credential: FederatedCredential, place: EntraPlace): string | undefined {
  const { name, issuer, subject, audiences } = credential;
  if (!('managedIdentity' in place)) {
    const options = { id: place.application, parameters: inertJson(credential) };
    return command('az', 'ad app federated-credential create', options);
  }
  return command('az', 'identity federated-credential create', {
    ...{ 'resource-group': place.resourceGroup, 'identity-name': place.managedIdentity },
    // Entra takes one audience.
    ...{ name, issuer, subject, audiences: audiences[0] ?? '' },
  });
}

/** A string of Bicep, in which nothing is interpolated. */
function bicep(text: string): string {
  return `'${bicepText(text)}'`;
}

/** What stands between its quotes: also nothing that acts where it is printed. */
function bicepText(text: string): string {
  const unseen = (one: string) => brief[one] ?? `\\u{${one.codePointAt(0)?.toString(16)}}`;
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, unseen)
    .replaceAll(/##(?=(vso)?\[)/gi, '#\\u{23}');
}

const brief: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
