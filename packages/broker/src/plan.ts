import type { Lease, MachineNetwork, RunningProcess } from '@fedbridge/core';
import type { EndpointOrder, IdentityPlan } from '@fedbridge/identity';
import { nextOf } from './whole-file.ts';

/** What a broker serves, as data: it reaches the broker's process over a pipe. Holds secrets. */
export interface BrokerPlan<Endpoint extends string = string> {
  /** Who everything is asked for as, and what is required of its ID tokens. */
  readonly identity: IdentityPlan;
  /** How the machine is configured to reach the network, where the environment does not say. */
  readonly network?: MachineNetwork | undefined;
  /** A folder of this broker's own that nobody else can look into (0700). */
  readonly folder: string;
  /** What callers must show. They are no broker's own: one that is started again asks for the same. */
  readonly secrets: BrokerSecrets<Endpoint>;
  /** The descriptor of a socket that listens already, handed to the broker's process; undefined where it opens one itself. */
  readonly listener: number | undefined;
  /** When it ends whatever happens, in ms since 1970-01-01 UTC. */
  readonly endsAt: number;
  /** The name of the input that says so, as its user writes it. */
  readonly endsBy: string;
  /** The process that lives as long as the job: the broker ends when it does. */
  readonly jobProcess: RunningProcess | undefined;
  /** What is served for clouds, by the names of their endpoints. */
  readonly endpoints?: Readonly<Record<Endpoint, EndpointOrder>> | undefined;
  /** A file that always holds an ID token for this audience, or for what the platform gives. */
  readonly tokenFile?: TokenFilePlan | undefined;
  /** Whether ID tokens can be asked for as GitHub's are. */
  readonly idTokens: boolean;
}

/** A plan as a line of text that every shell keeps as it is. */
export function writePlan(plan: BrokerPlan): string {
  return `${Buffer.from(JSON.stringify(plan)).toString('base64')}\n`;
}

/** @param line - what `writePlan` has written */
export function readPlan(line: string): BrokerPlan {
  return JSON.parse(Buffer.from(line, 'base64').toString()) as BrokerPlan;
}

/** A file in which there is an ID token at any time. */
export interface TokenFilePlan {
  readonly audience: string | undefined;
  /** The one that the step has asked for already. */
  readonly lease: Lease<string>;
}

/** What callers must show, by endpoint: at a cloud's, and where ID tokens are given. */
export type BrokerSecrets<Endpoint extends string = string> = Readonly<Record<Endpoint | 'idTokens', string>>;

/** What a broker tells the step once it serves. */
export interface BrokerAddress {
  readonly port: number;
}

/** What a broker did, without secrets. */
export interface BrokerStatus {
  /** How often it was killed and started again. */
  readonly restarts: number;
  readonly renewals: number;
  readonly failures: number;
  /** The longest time in which something had nothing valid to give, in ms. */
  readonly longestGapMs: number;
  /** What was not true that is required, the first time that what there was could not be served any more. */
  readonly denied?: string | undefined;
}

/** Files of a broker in its folder. */
export const brokerFiles = {
  /** Whoever makes it stops the broker: nobody but its own user can write here. It goes last. */
  stop: 'stop',
  /** A socket on which it serves whoever can look into the folder, and nobody can take its place. */
  socket: 'socket',
  /** Is there as soon as it serves. */
  status: 'status.json',
  idToken: 'id-token',
} as const;

/** What goes with a broker, however it ends; of what was written when it was killed, too. */
export function filesOfRunning({ endpoints = {} }: Pick<BrokerPlan, 'endpoints'>): readonly string[] {
  const { status, idToken, socket, stop } = brokerFiles;
  const own = Object.values(endpoints).flatMap(({ secretFile, keptFile }) => [secretFile ?? [], keptFile ?? []].flat());
  return [...own, idToken, socket, ...[...own, idToken, status].map(nextOf), stop];
}
