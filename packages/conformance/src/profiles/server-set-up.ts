import { FedbridgeError } from '@fedbridge/core';
import type { Answer, AskedTrust, Connection, Profile } from './profile.ts';

/** Presents a token to the server at an address; undefined for a token that its protocol cannot carry. */
type Present = (
  server: string,
  token: string,
  trust: AskedTrust,
  connection: Connection,
) => Promise<Answer | undefined>;

/**
 * Opens a server that others have set up, and leaves it as it is.
 *
 * @param what - what it is, as in "the address of …"
 * @param hint - how it is set up and named
 * @throws FedbridgeError `INPUT_MISSING` when it is opened, where its address is not given
 */
export function openSetUp(what: string, hint: string, present: Present): Profile['open'] {
  return async (_trusts, connection) => {
    const { server } = connection;
    if (server === undefined)
      throw new FedbridgeError('INPUT_MISSING', `The address of ${what} is not given.`, { hint });
    return {
      present: (token, trust) => present(server, token, trust, connection),
      [Symbol.asyncDispose]: async () => {},
    };
  };
}
