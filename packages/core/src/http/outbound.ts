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
  /** Ends requests early. */
  readonly stop?: AbortSignal;
  /** Tells a person what happens; never given a secret. */
  readonly log: (line: string) => void;
  /** Tells whoever debugs; never given a secret. */
  readonly debug: (line: string) => void;
  /** Hides a value in whatever is printed from now on. Called before anything else is done with a secret. */
  readonly mask: (secret: string) => void;
}

/** What services name a request by, for their support. */
const requestIds = ['x-amzn-requestid', 'x-ms-request-id', 'x-github-request-id', 'x-vss-e2eid', 'activityid'];

/** Sends a request within what is left of the deadline. */
export async function send(outbound: Outbound, request: HttpRequest): Promise<HttpResponse> {
  const { system, debug } = outbound;
  const began = system.now();
  // The query is left out: it is not ours to know what it holds.
  const what = `${request.method} ${request.url.origin}${request.url.pathname}`;
  const took = () => `after ${system.now() - began} ms`;
  try {
    const response = await outbound.http.send(request, outbound.deadline - began, outbound.stop);
    const id = requestIds.map((name) => response.headers[name]).find((value) => value !== undefined);
    debug(`${what}: HTTP ${response.status} ${took()}${id ? `, request ${id}` : ''}`);
    return response;
  } catch (error) {
    debug(`${what}: no answer ${took()}`);
    throw error;
  }
}
