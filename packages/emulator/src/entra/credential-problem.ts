/** A credential that Graph or Azure Resource Manager would not take. */
export class CredentialProblem extends Error {
  override readonly name = 'CredentialProblem';
  readonly status: 400 | 409;
  readonly code: string;

  constructor(code: string, message: string, status: 400 | 409 = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** How a service says that it does not take a credential. */
export interface CredentialWords {
  /** The code of a request that is not as it must be. */
  readonly badRequest: string;
  sameName(name: string): CredentialProblem;
  sameSubject(issuer: string, subject: string): CredentialProblem;
}

/** Azure Resource Manager's, of managed identities. */
export const wordsOfIdentities: CredentialWords = {
  badRequest: 'BadRequest',
  sameName: (name) => new CredentialProblem('Conflict', `There is a ${name}.`, 409),
  sameSubject: () =>
    new CredentialProblem('Conflict', 'Issuer and subject combination already exists for this Managed Identity.', 409),
};

/** Microsoft Graph's, of applications. Sources: Azure/azure-dev#1482, Azure/azure-workload-identity#434. */
export const wordsOfApplications: CredentialWords = {
  badRequest: 'Request_BadRequest',
  sameName: (name) => {
    const message = `FederatedIdentityCredential with name ${name} already exists.`;
    return new CredentialProblem('Request_MultipleObjectsWithSameKeyValue', message, 409);
  },
  sameSubject: (issuer, subject) =>
    new CredentialProblem(
      'InvalidFederatedIdentityCredentialValue',
      `The combination of issuer and subject must be unique for the application. Issuer ${issuer} and Subject: ${subject} ` +
        `already exist. paramName: FederatedIdentityCredential.Subject, paramValue: ${subject}, objectType: ` +
        'Microsoft.Online.DirectoryServices.Application',
    ),
};
