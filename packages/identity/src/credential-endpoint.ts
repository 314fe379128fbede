import type { IncomingHttpHeaders } from 'node:http';
import type { Lease, Outbound } from '@fedbridge/core';
import type { AdmittedIdToken, Identity } from './identity.ts';

/** What a cloud adds to a broker, a server on loopback: where the cloud's own clients get credentials that are renewed. */
export interface CredentialEndpoint<Plan = unknown> {
  /** That of its part of a broker's plan. */
  readonly name: string;
  /** @param plan - data that was JSON on its way here */
  routes(plan: Plan, keepFresh: KeepFresh): readonly Route[];
  readonly command?: BrokerCommand;
}

/** A cloud's part of a broker's plan, as data. May hold secrets. */
export interface EndpointOrder {
  /** What the endpoint of this name makes routes of. */
  readonly plan: unknown;
  /** A file in the broker's folder that holds what callers must show, for clients that read it there. */
  readonly secretFile?: string;
  /** A file there in which what the endpoint keeps fresh can be read at any time, for clients that ask no server. */
  readonly keptFile?: string;
}

/** One address of a broker. Who may ask there is for the broker to tell: it alone knows the secret of the endpoint. */
export interface Route {
  /** In full, without a query. */
  readonly path: string;
  /** The secret that a request shows; undefined if it shows none. */
  secretIn(headers: IncomingHttpHeaders): string | readonly string[] | undefined;
  /** The answer to who shows none, or another. */
  denied(headers: IncomingHttpHeaders): Answer;
  answer(query: URLSearchParams): Promise<Answer>;
  /** The answer where there is none to give. */
  failed(why: Failure): Answer;
}

/** What an endpoint answers. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: unknown;
}

/** An error as a caller may know it: without secrets. */
export interface Failure {
  /** That of a `FedbridgeError`. */
  readonly code: string;
  readonly message: string;
}

/**
 * Renews a credential ahead of its expiry for as long as somebody asks for it. One acquisition runs at a time, however many ask.
 *
 * @param lease - what there is already
 * @param kept - of one that is in the endpoint's kept file, which is renewed though nobody asks
 * @returns gives one that is valid; rejects with what `acquire` throws, once nothing valid is left
 */
export type KeepFresh = <T>(
  acquire: (acquisition: Acquisition) => Promise<Lease<T>>,
  lease?: Lease<T>,
  kept?: KeptInFile<T>,
) => () => Promise<Lease<T>>;

/** What a value is in a file that clients read. */
export interface KeptInFile<T> {
  /** The text of it. */
  readonly written: (value: T) => string;
  /** Ends what another has replaced in the file, once nobody should use it any more. */
  readonly endReplaced?: (text: string, outbound: Outbound) => Promise<void>;
}

/** Who a broker acts as for one acquisition, with a deadline of its own. */
export interface Acquisition {
  readonly identity: Identity;
  /** Gives an ID token for each attempt, a new one when the last is about to expire. */
  idToken(audience: string | undefined): () => Promise<AdmittedIdToken>;
  readonly outbound: Outbound;
}

/** What a broker's script does when it is called with a command and the broker's folder, in the place of serving. */
interface BrokerCommand {
  readonly name: string;
  run(args: readonly string[], broker: BrokerAt): Promise<void>;
}

/** A broker that is asked by the socket in its folder, where nobody can take its place. */
export interface BrokerAt {
  readonly folder: string;
  /**
   * Asks once it is there: one that was killed is started again, and whoever asks meanwhile waits.
   *
   * @param request - made anew for each attempt
   * @throws FedbridgeError `DELIVERY_FAILED` when it is gone
   */
  ask(request: () => Promise<BrokerRequest>): Promise<{ readonly status: number | undefined; readonly body: string }>;
}

/** A request that asks a broker for credentials. */
export interface BrokerRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}
