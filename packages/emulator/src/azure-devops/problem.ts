/** The body of an error of Azure DevOps. @param type - the name of the exception */
export function problem(type: string, message: string) {
  return {
    $id: '1',
    innerException: null,
    message,
    typeName: `Microsoft.TeamFoundation.DistributedTask.WebApi.${type}, Microsoft.TeamFoundation.DistributedTask.WebApi`,
    typeKey: type,
    errorCode: 0,
    eventId: 3000,
  };
}

/** Thrown by what answers a request. */
export class AzureDevOpsProblem extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}
