import { inertJson } from '@fedbridge/core/inert';
import { bicep, bicepMembers, bicepText } from './bicep.ts';
import type { AnyFederatedCredential } from './federated-credential.ts';
import { Expression, hclBlock } from './hcl.ts';
import { command, commented } from './shell.ts';
import { unsayable } from './unsayable.ts';

/** The application that a credential is put on. */
export interface Application {
  /** The client id. */
  readonly application: string;
  /** Microsoft Graph in the application's cloud, without a slash at the end; the public cloud's without. */
  readonly graph?: string | undefined;
  /** What Bicep knows it by. */
  readonly uniqueName?: string | undefined;
}

/** What creates a credential on an application and, as a comment, what changes one of that name. @throws FedbridgeError `INPUT_INVALID` */
export function applicationCommands(credential: AnyFederatedCredential, place: Application): string {
  const { application } = place;
  const { name } = credential;
  const parameters = inertJson(graphForm(credential));
  const [created, changed] = credential.claimsMatchingExpression
    ? graphCommands(place, name, parameters)
    : [
        command('az', 'ad app federated-credential create', { id: application, parameters }),
        command('az', 'ad app federated-credential update', {
          ...{ id: application, 'federated-credential-id': name, parameters },
        }),
      ];
  if (created === undefined || changed === undefined)
    return unsayable('A name, the issuer, the subject or the audience cannot be written as a command');
  return [created, commented('Where the application has a credential of this name already:', [changed])].join('\n');
}

/** As Microsoft Graph takes it: where there is an expression, the subject is null, also in what had one before. */
export function graphForm(credential: AnyFederatedCredential): object {
  const { name, issuer, claimsMatchingExpression, audiences } = credential;
  return claimsMatchingExpression ? { name, issuer, subject: null, claimsMatchingExpression, audiences } : credential;
}

/**
 * The command for credentials knows no expressions [Azure/azure-cli#32816], and Graph has them in its beta alone. `az rest` asks for a
 * token by the address, which is one of the cloud that `az` is set to.
 */
function graphCommands(
  { application, graph = 'https://graph.microsoft.com' }: Application,
  name: string,
  body: string,
): (string | undefined)[] {
  const quoted = (text: string) => encodeURIComponent(text).replaceAll("'", "''");
  const of = `${graph}/beta/applications(appId='${quoted(application)}')/federatedIdentityCredentials`;
  return [
    command('az', 'rest', { method: 'POST', url: of, body }),
    command('az', 'rest', { method: 'PATCH', url: `${of}(name='${quoted(name)}')`, body }),
  ];
}

/** A credential on an application, as Terraform. */
export function applicationTerraform(credential: AnyFederatedCredential, { application }: Application): string {
  const data = hclBlock('data "azuread_application" "fedbridge"', { client_id: application });
  return [data, '', credentialTerraform(credential, 'data.azuread_application.fedbridge.id')].join('\n');
}

/**
 * The credential alone. Source: Terraform Registry, azuread: the two resources, of which the flexible one has one audience as a text.
 *
 * @param id - an expression for the application's
 */
export function credentialTerraform(credential: AnyFederatedCredential, id: string, more: Trusted = {}): string {
  const { name, issuer, audiences } = credential;
  const application_id = new Expression(id);
  if (credential.claimsMatchingExpression)
    return hclBlock('resource "azuread_application_flexible_federated_identity_credential" "fedbridge"', {
      application_id,
      display_name: name,
      issuer,
      claims_matching_expression: credential.claimsMatchingExpression.value,
      audience: audiences[0] ?? '',
    });
  return hclBlock('resource "azuread_application_federated_identity_credential" "fedbridge"', {
    application_id,
    display_name: name,
    ...{ issuer, subject: credential.subject, audiences },
    ...more,
  });
}

/** What of a credential another resource tells. */
interface Trusted {
  readonly issuer?: Expression;
  readonly subject?: Expression;
}

/** Source: Microsoft Learn, "Microsoft.Graph applications/federatedIdentityCredentials": expressions are in beta alone. */
export function applicationBicep(credential: AnyFederatedCredential, { application, uniqueName }: Application): string {
  const version = credential.claimsMatchingExpression ? 'beta' : 'v1.0';
  return [
    `extension microsoftGraph${credential.claimsMatchingExpression ? 'Beta' : 'V1'}`,
    '',
    `resource application 'Microsoft.Graph/applications@${version}' existing = {`,
    `  uniqueName: ${bicep(uniqueName ?? application)}`,
    '}',
    '',
    `resource credential 'Microsoft.Graph/applications/federatedIdentityCredentials@${version}' = {`,
    `  name: '\${application.uniqueName}/${bicepText(credential.name)}'`,
    ...bicepMembers(credential).map((member) => `  ${member}`),
    '}',
  ].join('\n');
}
