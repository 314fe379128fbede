import { randomBytes, randomUUID } from 'node:crypto';
import type { Directory, Registered } from '../entra/directory.ts';
import { AzureDevOpsProblem } from './azure-devops-problem.ts';
import type { Organization, Project } from './organization.ts';
import { ServiceEndpoints } from './service-endpoints.ts';

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

/** Source: Azure DevOps REST API, Security Roles, scope `distributedtask.agentpoolrole`. */
export type PoolRole = 'Reader' | 'User' | 'Administrator';

/** A self-hosted agent that is registered. */
export interface Agent {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  enabled: boolean;
  status: 'online' | 'offline';
  job: PoolJob | undefined;
  /** What it calls with once it is registered; never given again. */
  readonly token: string;
}

/** A job that waits for, or has, an agent. */
export interface PoolJob {
  readonly id: number;
  /** How long it takes, in seconds. */
  readonly seconds: number;
  state: 'queued' | 'running' | 'succeeded' | 'canceled';
  agentName: string | undefined;
}

/** A pool of self-hosted agents; its roles are by the id of a member. */
export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly agents: Map<number, Agent>;
  readonly roles: Map<string, PoolRole>;
  readonly jobs: PoolJob[];
}

/** What changes in an organization while the emulator runs: its members, pools, agents and their jobs, and service connections. */
export class OrganizationState {
  readonly organization: Organization;
  readonly members = new Map<string, Member>();
  readonly pools = new Map<number, Pool>();
  readonly endpoints: ServiceEndpoints;
  readonly #administrators: ReadonlySet<string>;
  #lastId = 0;

  constructor(organization: Organization, directory: Directory) {
    this.organization = organization;
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

  /** @throws AzureDevOpsProblem */
  addPool(name: string): Pool {
    if ([...this.pools.values()].some((pool) => pool.name.toLowerCase() === name.toLowerCase())) {
      throw new AzureDevOpsProblem(409, 'TaskAgentPoolExistsException', `Agent pool ${name} already exists.`);
    }
    this.#lastId += 1;
    const pool: Pool = { id: this.#lastId, name, agents: new Map(), roles: new Map(), jobs: [] };
    this.pools.set(pool.id, pool);
    return pool;
  }

  /** @throws AzureDevOpsProblem */
  pool(id: string): Pool {
    const pool = this.pools.get(Number(id));
    if (pool) return pool;
    throw new AzureDevOpsProblem(404, 'TaskAgentPoolNotFoundException', `No agent pool found with identifier ${id}.`);
  }

  isAdministrator(member: Member, pool?: Pool): boolean {
    return this.#administrators.has(member.id) || pool?.roles.get(member.id) === 'Administrator';
  }

  /** @throws AzureDevOpsProblem */
  register(pool: Pool, name: string, version: string, replaces?: Agent): Agent {
    const known = [...pool.agents.values()].find((agent) => agent.name.toLowerCase() === name.toLowerCase());
    if (known && known !== replaces) {
      throw new AzureDevOpsProblem(
        409,
        'TaskAgentExistsException',
        `Pool ${pool.id} already contains an agent with name ${name}.`,
      );
    }
    this.#lastId += replaces ? 0 : 1;
    const agent: Agent = {
      id: replaces?.id ?? this.#lastId,
      name,
      version,
      enabled: true,
      status: 'offline',
      job: undefined,
      token: randomBytes(32).toString('base64url'),
    };
    pool.agents.set(agent.id, agent);
    return agent;
  }

  queue(pool: Pool, seconds: number): PoolJob {
    this.#lastId += 1;
    const job: PoolJob = { id: this.#lastId, seconds, state: 'queued', agentName: undefined };
    pool.jobs.push(job);
    return job;
  }
}
