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

/** An error that is wrapped as if it were a list of characters, `count` of them [dotnet/docker-tools#2012]. */
export function listedProblem(message: string) {
  return { count: message.length, value: message };
}

/** An error of the web framework before the service's own, as a list of one [hashicorp/packer-plugin-azure#421]. */
export function frameworkProblem(message: string) {
  return { count: 1, value: { Message: message } };
}

/** Thrown by what answers a request. */
export class AzureDevOpsProblem extends Error {
  readonly status: number;
  readonly type: string;
  /** Of its answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = headers;
  }
}
