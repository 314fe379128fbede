import { createHash } from 'node:crypto';
import type { State } from '../server/state.ts';
import { wordsOfApplications, wordsOfIdentities } from './credential-problem.ts';
import { checkCredential, type FederatedCredential } from './federated-credential.ts';
import type { Application, Tenant } from './tenant.ts';

/** An application or managed identity, and the tenant that it is of. */
export interface Registered {
  readonly tenant: Tenant;
  readonly application: Application;
  /** Of its service principal, which may not be there yet. */
  readonly objectId: string;
  readonly hasServicePrincipal: boolean;
  /** Whether it was created while the emulator runs, and is not of the set-up. */
  readonly isCreated: boolean;
  /** Those it was set up with, and those that were added since. */
  readonly federatedCredentials: readonly FederatedCredential[];
  /** Adds a credential, or puts it in the place of the one of its name. @throws CredentialProblem */
  put(credential: FederatedCredential): void;
}

/** What was created while the emulator runs. */
interface Created {
  readonly application: Application;
  readonly hasServicePrincipal: boolean;
}

/** Who there is in the tenants: those of the set-up, and those that were created since, which outlast it. */
export class Directory {
  readonly tenants: readonly Tenant[];
  readonly #configured: readonly Entry[];
  readonly #taken: ReadonlySet<string>;
  readonly #created: Map<string, Created>;
  readonly #added: Map<string, FederatedCredential>;
  readonly #gitHub: string;

  /**
   * @param gitHub - GitHub's issuer in this emulator
   * @throws CredentialProblem for a federated credential that could not be created
   */
  constructor(tenants: readonly Tenant[], gitHub: string, state: State) {
    this.tenants = tenants;
    this.#gitHub = gitHub;
    this.#created = state.map('applications of Entra');
    this.#added = state.map('federated credentials of Entra');
    this.#configured = tenants.flatMap((tenant) =>
      tenant.applications.map((application) => ({ tenant, application, hasServicePrincipal: true, isCreated: false })),
    );
    this.#taken = new Set(this.#configured.map(({ tenant, application }) => keyOf(tenant, application)));
    for (const { application } of this.#configured) checkAll(application, gitHub);
  }

  /** All of a tenant. */
  registered(tenant: Tenant): readonly Registered[] {
    return this.#all()
      .filter((one) => one.tenant === tenant)
      .map((one) => this.#registered(one));
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
    return this.#find(({ tenant, application }) => objectIdOf(tenant.id, application.clientId), objectId);
  }

  byResourceId(resourceId: string): Registered | undefined {
    return this.#find(({ application }) => application.resourceId ?? '', resourceId);
  }

  /** Registers an application, or creates a managed identity, which has a service principal at once. */
  create(tenant: Tenant, application: Omit<Application, 'federatedCredentials'>): Registered {
    const created = { ...application, federatedCredentials: [] };
    const hasServicePrincipal = application.resourceId !== undefined;
    this.#created.set(keyOf(tenant, created), { application: created, hasServicePrincipal });
    return this.#registered({ tenant, application: created, hasServicePrincipal, isCreated: true });
  }

  /** Gives an application that was created its service principal. */
  createServicePrincipal({ tenant, application }: Registered): void {
    this.#created.set(keyOf(tenant, application), { application, hasServicePrincipal: true });
  }

  #find(of: (one: Entry) => string, wanted: string, tenant?: Tenant): Registered | undefined {
    const found = this.#all().find(
      (one) => (tenant === undefined || one.tenant === tenant) && of(one).toLowerCase() === wanted.toLowerCase(),
    );
    return found && this.#registered(found);
  }

  /** What was created in a tenant that is not set up any more, or is of the set-up by now, is not there. */
  #all(): readonly Entry[] {
    const created = [...this.#created].flatMap(([key, one]) => {
      const tenant = this.tenants.find(({ id }) => key.startsWith(`${id.toLowerCase()}/`));
      return tenant === undefined || this.#taken.has(key) ? [] : [{ tenant, ...one, isCreated: true }];
    });
    return [...this.#configured, ...created];
  }

  #registered(entry: Entry): Registered {
    const { tenant, application } = entry;
    const words = application.resourceId === undefined ? wordsOfApplications : wordsOfIdentities;
    const prefix = `${keyOf(tenant, application)}/`;
    const all = this.#credentialsOf(application, prefix);
    return {
      ...entry,
      objectId: objectIdOf(tenant.id, application.clientId),
      federatedCredentials: all,
      put: (credential) => {
        const others = all.filter(({ name }) => name !== credential.name);
        checkCredential(credential, others, this.#gitHub, words);
        this.#added.set(`${prefix}${credential.name}`, credential);
      },
    };
  }

  /** One that was added comes in the place of the one of its name; one that the set-up has no room for by now is not there. */
  #credentialsOf({ federatedCredentials }: Application, prefix: string): readonly FederatedCredential[] {
    const added = [...this.#added].flatMap(([key, one]) => (key.startsWith(prefix) ? [one] : []));
    return added.reduce<readonly FederatedCredential[]>((all, credential) => {
      const others = all.filter(({ name }) => name !== credential.name);
      try {
        checkCredential(credential, others, this.#gitHub);
        return [...others, credential];
      } catch {
        return all;
      }
    }, federatedCredentials);
  }
}

type Entry = Omit<Registered, 'objectId' | 'federatedCredentials' | 'put'>;

const keyOf = (tenant: Tenant, { clientId }: Application) => `${tenant.id}/${clientId}`.toLowerCase();

/** @throws CredentialProblem */
function checkAll({ federatedCredentials }: Application, gitHub: string): void {
  federatedCredentials.forEach((credential, index) => {
    checkCredential(credential, federatedCredentials.slice(0, index), gitHub);
  });
}

/** The same for the same application each time, so that a set-up can name it. */
export function objectIdOf(tenantId: string, clientId: string): string {
  return guidOf(`${tenantId}/${clientId}`);
}

/** A GUID that is the same for the same text. */
export function guidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
