import { FedbridgeError } from '@fedbridge/core';
import { AccessToken, type CloudName, clouds } from '@fedbridge/entra';
import type { CommandIdentity } from './command-identity.ts';
import type { Cli } from './command-line.ts';
import { outbounds } from './identity-options.ts';

const timeoutMs = 60_000;

/** Whoever is logged in with the Azure CLI. */
export function azureCliIdentity(environment: CloudName, cli: Cli): CommandIdentity {
  const { system } = cli;
  return {
    cloud: clouds[environment],
    outbound: outbounds(cli),
    accessToken: async (resource) => {
      const args = ['account', 'get-access-token', '--resource', resource, '--output', 'json', '--only-show-errors'];
      const call = { program: 'az', args, environment: system.environment, withinMs: timeoutMs };
      const end = await cli.terminal
        .interruptible((cancelled) => system.run({ ...call, cancelled }))
        .catch((error: { code?: string }) => ({
          exitCode: null,
          output: error.code === 'ENOENT' ? 'There is no "az".' : String(error.code),
        }));
      const answer = end.exitCode === 0 ? parseAccessToken(end.output) : undefined;
      if (answer) {
        cli.terminal.mask(answer.accessToken);
        return new AccessToken(answer.accessToken, {
          resource,
          expiresAt: answer.expires_on * 1000,
          presented: undefined,
        });
      }
      throw new FedbridgeError('ID_TOKEN_UNAVAILABLE', 'The Azure CLI gave no access token.', {
        answer: end.exitCode === 0 ? undefined : end.output.trim().split('\n').at(-1),
        hint: 'Log in with "az login", or say with --as who sets up.',
      });
    },
  };
}

function parseAccessToken(output: string): { readonly accessToken: string; readonly expires_on: number } | undefined {
  try {
    const { accessToken, expires_on } = JSON.parse(output.slice(output.indexOf('{')));
    return typeof accessToken === 'string' && typeof expires_on === 'number' ? { accessToken, expires_on } : undefined;
  } catch {
    return undefined;
  }
}
