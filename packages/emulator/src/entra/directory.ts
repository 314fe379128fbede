import { createHash } from 'node:crypto';
import { checkCredential, type FederatedCredential } from './federated-credential.ts';
import type { Application, Tenant } from './tenant.ts';

/** An application and the tenant that it is of. */
export interface Registered {
  readonly tenant: Tenant;
  readonly application: Application;
  /** Of its service principal. */
  readonly objectId: string;
  /** Those it was set up with, and those that were added since. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** Adds a credential, or puts it in the place of the one of its name. @throws CredentialProblem */
  put(credential: FederatedCredential): void;
}

/** Who there is in the tenants. */
export class Directory {
  readonly tenants: readonly Tenant[];
  readonly #registered: readonly Registered[];

  /**
   * @param gitHub - GitHub's issuer in this emulator
   * @throws CredentialProblem for a federated credential that could not be created
   */
  constructor(tenants: readonly Tenant[], gitHub: string) {
    this.tenants = tenants;
    this.#registered = tenants.flatMap((tenant) =>
      tenant.applications.map((application) => registered(tenant, application, gitHub)),
    );
  }

  /** By id or by one of its domains. */
  tenant(name: string): Tenant | undefined {
    const lower = name.toLowerCase();
    return this.tenants.find(({ id, domains = [] }) => id.toLowerCase() === lower || domains.includes(lower));
  }

  byClientId(clientId: string, tenant?: Tenant): Registered | undefined {
    return this.#find(({ application }) => application.clientId, clientId, tenant);
  }

  byObjectId(objectId: string): Registered | undefined {
    return this.#find((one) => one.objectId, objectId);
  }

  byResourceId(resourceId: string): Registered | undefined {
    return this.#find(({ application }) => application.resourceId ?? '', resourceId);
  }

  #find(of: (one: Registered) => string, wanted: string, tenant?: Tenant): Registered | undefined {
    return this.#registered.find(
      (one) => (tenant === undefined || one.tenant === tenant) && of(one).toLowerCase() === wanted.toLowerCase(),
    );
  }
}

function registered(tenant: Tenant, application: Application, gitHub: string): Registered {
  const federatedCredentials: FederatedCredential[] = [];
  for (const credential of application.federatedCredentials) {
    checkCredential(credential, federatedCredentials, gitHub);
    federatedCredentials.push(credential);
  }
  return {
    tenant,
    application,
    objectId: objectIdOf(tenant.id, application.clientId),
    federatedCredentials,
    put: (credential) => {
      const others = federatedCredentials.filter(({ name }) => name !== credential.name);
      checkCredential(credential, others, gitHub);
      federatedCredentials.splice(0, federatedCredentials.length, ...others, credential);
    },
  };
}

/** The same for the same application each time, so that a set-up can name it. */
export function objectIdOf(tenantId: string, clientId: string): string {
  const digest = createHash('sha256').update(`${tenantId}/${clientId}`).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
