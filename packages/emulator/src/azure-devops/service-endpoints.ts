import { AzureDevOpsProblem } from './azure-devops-problem.ts';
import type { Connection, Organization, Project } from './organization.ts';

/** How a service connection of Azure Resource Manager signs in. */
export type EndpointScheme = 'ServicePrincipal' | 'WorkloadIdentityFederation';

/** A service connection as it is now. */
export interface ServiceEndpoint {
  readonly project: Project;
  readonly connection: Connection;
  readonly scheme: EndpointScheme;
  readonly description: string;
  readonly subscriptionName: string;
  /** Until when a conversion can be taken back; ISO 8601. */
  readonly revertSchemeDeadline?: string | undefined;
}

/** The service connections of an organization: those that it was set up with, and those that were made or changed since. */
export class ServiceEndpoints {
  readonly #all: ServiceEndpoint[];

  constructor({ projects }: Organization) {
    this.#all = projects.flatMap((project) =>
      (project.connections ?? []).map(
        (connection): ServiceEndpoint => ({
          ...{ project, connection, scheme: 'WorkloadIdentityFederation' },
          ...{ description: '', subscriptionName: '' },
        }),
      ),
    );
  }

  in(project: Project): readonly ServiceEndpoint[] {
    return this.#all.filter((one) => one.project === project);
  }

  /** Those that jobs get ID tokens of. */
  federated(project: Project): readonly Connection[] {
    return this.in(project).flatMap(({ scheme, connection }) =>
      scheme === 'WorkloadIdentityFederation' ? [connection] : [],
    );
  }

  byId(id: string): ServiceEndpoint | undefined {
    return this.#all.find(({ connection }) => connection.id === id.toLowerCase());
  }

  /** @throws AzureDevOpsProblem where the project has one of that name */
  add(endpoint: ServiceEndpoint): void {
    const { name } = endpoint.connection;
    if (this.in(endpoint.project).some((one) => one.connection.name.toLowerCase() === name.toLowerCase())) {
      throw new AzureDevOpsProblem(
        409,
        'DuplicateServiceConnectionException',
        `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions on service connection ${name} can see it.`,
      );
    }
    this.#all.push(endpoint);
  }

  /** Puts it in the place of the one of its id. */
  replace(endpoint: ServiceEndpoint): void {
    const at = this.#all.findIndex(({ connection }) => connection.id === endpoint.connection.id);
    this.#all.splice(at, 1, endpoint);
  }
}
