import { randomUUID } from 'node:crypto';
import type { Directory, Registered } from '../entra/directory.ts';
import { AzureDevOpsProblem } from './azure-devops-problem.ts';
import type { Organization, Project } from './organization.ts';
import { Pool } from './pool.ts';
import { ServiceEndpoints } from './service-endpoints.ts';
import { Throttle } from './throttle.ts';

/** A member of an organization: a service principal with a license. */
export interface Member {
  /** The identity's id in Azure DevOps. */
  readonly id: string;
  readonly objectId: string;
  readonly clientId: string;
  license: string;
}

/** A job that calls with its own token: what it may see is its project's. */
export interface JobIdentity {
  readonly organization: Organization;
  readonly project: Project;
}

/** What changes in an organization while the emulator runs: its members, pools, agents and their jobs, and service connections. */
export class OrganizationState {
  readonly organization: Organization;
  readonly members = new Map<string, Member>();
  readonly pools = new Map<number, Pool>();
  readonly endpoints: ServiceEndpoints;
  readonly throttle: Throttle;
  readonly #administrators: ReadonlySet<string>;
  readonly #now: () => number;
  /** How often adding an identity is yet to fail, by client id. */
  readonly #spreading: Map<string, number>;
  #lastId = 0;

  /** @param now - ms since 1970-01-01 UTC */
  constructor(organization: Organization, directory: Directory, now: () => number) {
    this.organization = organization;
    this.#now = now;
    this.throttle = new Throttle(organization.rateLimit, now);
    this.#spreading = new Map(Object.entries(organization.spreading ?? {}));
    this.endpoints = new ServiceEndpoints(organization);
    const member = (clientId: string) => {
      const registered = directory.byClientId(clientId);
      if (!registered) throw new Error(`no application ${clientId} is configured`);
      return this.addMember(registered, 'express');
    };
    this.#administrators = new Set((organization.administrators ?? []).map((clientId) => member(clientId).id));
    for (const { name, administrators = [] } of organization.pools ?? []) {
      const pool = this.addPool(name);
      for (const clientId of administrators) pool.roles.set(member(clientId).id, 'Administrator');
    }
  }

  addMember({ objectId, application }: Registered, license: string): Member {
    const known = this.members.get(objectId);
    if (known) return known;
    const added = { id: randomUUID(), objectId, clientId: application.clientId, license };
    this.members.set(objectId, added);
    return added;
  }

  /** Whether Azure DevOps finds an identity by now; each question counts. */
  hasSpread({ application: { clientId } }: Registered): boolean {
    const left = this.#spreading.get(clientId) ?? 0;
    this.#spreading.set(clientId, Math.max(0, left - 1));
    return left === 0;
  }

  /** @throws AzureDevOpsProblem */
  addPool(name: string, autoProvision = false): Pool {
    if ([...this.pools.values()].some((pool) => pool.name.toLowerCase() === name.toLowerCase())) {
      throw new AzureDevOpsProblem(409, 'TaskAgentPoolExistsException', `Agent pool ${name} already exists.`);
    }
    const nextId = () => {
      this.#lastId += 1;
      return this.#lastId;
    };
    const pool = new Pool({ id: nextId(), name, autoProvision, nextId, now: this.#now });
    this.pools.set(pool.id, pool);
    return pool;
  }

  /** @throws AzureDevOpsProblem */
  pool(id: string): Pool {
    const pool = this.pools.get(Number(id));
    pool?.settle();
    if (pool) return pool;
    throw new AzureDevOpsProblem(404, 'TaskAgentPoolNotFoundException', `No agent pool found with identifier ${id}.`);
  }

  isAdministrator(member: Member, pool?: Pool): boolean {
    return this.#administrators.has(member.id) || pool?.roles.get(member.id) === 'Administrator';
  }
}
