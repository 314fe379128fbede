import type { System } from '../system.ts';
import type { HttpClient } from './client.ts';
import type { HttpRequest, HttpResponse } from './transport.ts';

/** What every call to the outside shares: one client, one deadline, one place to tell and to mask. */
export interface Outbound {
  readonly http: HttpClient;
  readonly system: System;
  /** When all attempts together must be done, in ms since 1970-01-01 UTC. */
  readonly deadline: number;
  /** How often one request is made at the most. */
  readonly maxAttempts: number;
  /** Tells a person what happens; never given a secret. */
  readonly log: (line: string) => void;
  /** Hides a value in whatever is printed from now on. Called before anything else is done with a secret. */
  readonly mask: (secret: string) => void;
}

/** Sends a request within what is left of the deadline. */
export function send(outbound: Outbound, request: HttpRequest): Promise<HttpResponse> {
  return outbound.http.send(request, outbound.deadline - outbound.system.now());
}
