import { randomBytes, randomUUID } from 'node:crypto';
import { AzureDevOpsProblem } from './azure-devops-problem.ts';
import { agentDemand, type Capabilities, isDemand, isSatisfied, noAgentFound } from './demands.ts';
import type { Project } from './organization.ts';

/** A project's use of a pool. */
export interface AgentQueue {
  readonly id: number;
  /** Whether no pipeline has to be permitted first. */
  allPipelines: boolean;
}

/** Source: Azure DevOps REST API, Security Roles, scope `distributedtask.agentpoolrole`. */
export type PoolRole = 'Reader' | 'Service Account' | 'User' | 'Administrator';

/** A self-hosted agent that is registered. */
export interface Agent {
  readonly id: number;
  readonly name: string;
  version: string;
  readonly osDescription: string | undefined;
  /** ISO 8601. */
  readonly createdOn: string;
  readonly systemCapabilities: Capabilities;
  userCapabilities: Capabilities;
  enabled: boolean;
  /** When the service last heard of it, in ms since 1970-01-01 UTC; undefined while it has no session. */
  heardAt: number | undefined;
  job: PoolJob | undefined;
  /** The version that it is yet to be told to take. */
  updateTo: string | undefined;
  /** What it calls with once it is registered; never given again. */
  readonly token: string;
}

/** What a caller says of an agent. */
export interface AgentBody {
  readonly name?: string;
  readonly version?: string;
  readonly osDescription?: string;
  readonly enabled?: boolean;
  readonly systemCapabilities?: Capabilities;
  readonly userCapabilities?: Capabilities;
}

/** A job that waits for, or has, an agent. Times are ISO 8601. */
export interface PoolJob {
  readonly id: number;
  /** How long it takes, in seconds. */
  readonly seconds: number;
  readonly demands: readonly string[];
  readonly jobId: string;
  readonly planId: string;
  readonly queueTime: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled' | 'abandoned';
  agentName: string | undefined;
  agentId?: number;
  assignTime?: string;
  receiveTime?: string;
  /** Until when its agent has it without renewing that. */
  lockedUntil?: string;
  finishTime?: string;
  /** Why it was taken from its agent. */
  issue?: string;
}

interface PoolOptions {
  readonly id: number;
  readonly name: string;
  readonly autoProvision: boolean;
  readonly nextId: () => number;
  /** ms since 1970-01-01 UTC. */
  readonly now: () => number;
}

/** How long a job is its agent's without being renewed, in ms. Source: what agents log, in microsoft/azure-pipelines-agent#4813, #4939. */
const lockMs = 10 * 60_000;
/**
 * How long a session lasts without a call of its agent, in ms: as long as an agent waits for the session of another one to end. The service
 * documents none of it. Source: microsoft/azure-pipelines-agent, `MessageListener`.
 */
const sessionMs = 4 * 60_000;

/** A pool of self-hosted agents and its queue; its roles are by the id of a member. */
export class Pool {
  readonly id: number;
  readonly name: string;
  readonly autoProvision: boolean;
  readonly createdOn: string;
  readonly agents = new Map<number, Agent>();
  readonly roles = new Map<string, PoolRole>();
  readonly jobs: PoolJob[] = [];
  /** The projects that may use it, each with the id of its queue. */
  readonly queues = new Map<Project, AgentQueue>();
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.id = options.id;
    this.name = options.name;
    this.autoProvision = options.autoProvision;
    this.createdOn = this.#time(options.now());
    this.#options = options;
  }

  /** @throws AzureDevOpsProblem */
  register(body: AgentBody, replaces?: Agent): Agent {
    const {
      name = '',
      version = '',
      osDescription,
      enabled = replaces?.enabled ?? true,
      systemCapabilities = {},
    } = body;
    if (name === '')
      throw new AzureDevOpsProblem(400, 'ArgumentNullException', 'Value cannot be null. Parameter name: agent.Name');
    const known = [...this.agents.values()].find((agent) => agent.name.toLowerCase() === name.toLowerCase());
    if (known && known !== replaces) {
      throw new AzureDevOpsProblem(
        409,
        'TaskAgentExistsException',
        `Pool ${this.id} already contains an agent with name ${name}.`,
      );
    }
    const agent: Agent = {
      ...{ id: replaces?.id ?? this.#options.nextId(), name, version, osDescription, enabled },
      createdOn: replaces?.createdOn ?? this.#time(),
      systemCapabilities,
      userCapabilities: body.userCapabilities ?? replaces?.userCapabilities ?? {},
      ...{ heardAt: undefined, job: undefined, updateTo: undefined },
      token: randomBytes(32).toString('base64url'),
    };
    this.agents.set(agent.id, agent);
    return agent;
  }

  /** @throws AzureDevOpsProblem where no agent, offline and disabled ones included, could run it */
  queue(seconds: number, demands: readonly string[]): PoolJob {
    const wrong = demands.find((one) => !isDemand(one));
    if (wrong !== undefined)
      throw new AzureDevOpsProblem(400, 'InvalidPipelineOperationException', `'${wrong}' is not a valid demand.`);
    const all = [...demands, agentDemand];
    if (this.matching(all).length === 0) {
      const agents = [...this.agents.values()].map(capabilitiesOf);
      throw new AzureDevOpsProblem(400, 'TaskAgentNotFoundException', noAgentFound(this.name, all, agents));
    }
    const job: PoolJob = {
      ...{ id: this.#options.nextId(), seconds, demands: all, state: 'queued', agentName: undefined },
      ...{ jobId: randomUUID(), planId: randomUUID(), queueTime: this.#time() },
    };
    this.jobs.push(job);
    return job;
  }

  /** Lets a project use it. @throws AzureDevOpsProblem where it may already */
  open(project: Project, allPipelines: boolean): AgentQueue {
    if (this.queues.has(project))
      throw new AzureDevOpsProblem(409, 'TaskAgentQueueExistsException', `Queue ${this.name} already exists.`);
    const queue = { id: this.#options.nextId(), allPipelines };
    this.queues.set(project, queue);
    return queue;
  }

  /** The agents that satisfy all demands. */
  matching(demands: readonly string[]): readonly Agent[] {
    return [...this.agents.values()].filter((agent) => {
      const capabilities = capabilitiesOf(agent);
      return demands.every((one) => isSatisfied(one, capabilities));
    });
  }

  /** Tells an agent of its job: one that it was given already, or the oldest that it can run, if it may have one. */
  receive(agent: Agent): PoolJob | undefined {
    const job = agent.job ?? this.#jobFor(agent);
    if (!job || job.receiveTime !== undefined) return undefined;
    if (!agent.job) this.assign(job, agent);
    job.receiveTime = this.#time();
    return job;
  }

  /** Gives a job to an agent, which is told of it when it calls. */
  assign(job: PoolJob, agent: Agent): void {
    Object.assign(job, { state: 'running', agentName: agent.name, agentId: agent.id, assignTime: this.#time() });
    agent.job = job;
    this.renew(job);
  }

  #jobFor(agent: Agent): PoolJob | undefined {
    if (!agent.enabled) return undefined;
    const capabilities = capabilitiesOf(agent);
    return this.jobs.find(
      ({ state, demands }) => state === 'queued' && demands.every((one) => isSatisfied(one, capabilities)),
    );
  }

  /** Leaves a job to its agent for some time more. */
  renew(job: PoolJob): void {
    job.lockedUntil = this.#time(this.#options.now() + lockMs);
  }

  /** Notes that an agent with a session calls. */
  hear(agent: Agent): void {
    agent.heardAt = this.#options.now();
  }

  statusOf({ heardAt }: Agent): 'online' | 'offline' {
    return heardAt !== undefined && this.#options.now() - heardAt < sessionMs ? 'online' : 'offline';
  }

  /** Takes jobs from agents that have not renewed them. Source: Microsoft Learn, "Troubleshoot pipeline runs"; microsoft/azure-pipelines-agent#4813. */
  settle(): void {
    for (const agent of this.agents.values()) {
      const { job, name } = agent;
      if (job?.lockedUntil === undefined || Date.parse(job.lockedUntil) > this.#options.now()) continue;
      job.issue = `We stopped hearing from agent ${name}. Verify the agent machine is running and has a healthy network connection. Anything that terminates an agent process, starves it for CPU, or blocks its network access can cause this error.`;
      this.finish(agent, 'abandoned');
    }
  }

  finish(agent: Agent, result: PoolJob['state']): void {
    if (agent.job) Object.assign(agent.job, { state: result, finishTime: this.#time() });
    agent.job = undefined;
  }

  /** ISO 8601. */
  #time(at = this.#options.now()): string {
    return new Date(at).toISOString();
  }
}

/** Those that the agent reports, those that users gave it, and what the service knows of every agent. */
export function capabilitiesOf({ name, version, systemCapabilities, userCapabilities }: Agent): Capabilities {
  return { 'Agent.Name': name, 'Agent.Version': version, ...systemCapabilities, ...userCapabilities };
}
