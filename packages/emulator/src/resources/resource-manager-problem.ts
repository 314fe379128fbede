/** An error of Azure Resource Manager. */
export class ResourceManagerProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The words of Azure/Azure-Landing-Zones#3668. @param who - the object id of whoever asks */
export function authorizationFailed(who: string, action: string, scope: string): ResourceManagerProblem {
  const message =
    `The client '${who}' with object id '${who}' does not have authorization to perform action '${action}' over scope ` +
    `'${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return new ResourceManagerProblem(403, 'AuthorizationFailed', message);
}
