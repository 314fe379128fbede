/** An error of Microsoft Graph. Source: Microsoft Learn, "Microsoft Graph error responses and resource types". */
export class GraphProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The words of Azure/azure-cli#28009. */
export function notFound(id: string): GraphProblem {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return new GraphProblem(404, 'Request_ResourceNotFound', message);
}

/** A request that is not as it must be. */
export function badRequest(message: string): GraphProblem {
  return new GraphProblem(400, 'Request_BadRequest', message);
}
