import { ecrEndpoint, ecrLogin, ecrRegistry } from '@fedbridge/aws/ecr';
import { type Endpoint, FedbridgeError, parseEndpoint } from '@fedbridge/core';
import { isAzureRegistry, registryLogin } from '@fedbridge/entra/container-registry';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import {
  type CommandIdentity,
  type EntraOptions,
  identityOf,
  needed,
  resourceOf,
  withEntraOptions,
} from '../command-identity.ts';
import type { Cli } from '../command-line.ts';
import { chooseIdentity, outbounds } from '../identity-options.ts';
import { parsed } from '../option-values.ts';
import { type RoleOptions, roleCredentials, withRoleOptions } from '../role-credentials.ts';

interface DockerCredentialOptions extends EntraOptions, RoleOptions {
  readonly registry: readonly string[];
  readonly registryEndpoint?: Endpoint;
}

interface Login {
  readonly username: string;
  readonly secret: string;
}

const timeoutMs = 120_000;

/** Source: docker/docker-credential-helpers, README, and `credentials/error.go`. */
export function dockerCredentialCommand(cli: Cli): Command {
  return withRoleOptions(withEntraOptions(new Command('docker-credential')), false)
    .description(
      "A credential helper: docker and its like to Amazon ECR and Azure Container Registry, as this job's, pod's or machine's identity.",
    )
    .addArgument(new Argument('<operation>', 'what docker asks for').choices(['get', 'store', 'erase', 'list']))
    .addOption(
      new Option('--registry <host>', 'a registry that it answers for; may be repeated')
        .makeOptionMandatory()
        .argParser(registry),
    )
    .addOption(
      new Option('--registry-endpoint <url>', "another address for ECR, or for the registry's exchange").argParser(
        parsed((text) => parseEndpoint(text, 'the registry endpoint')),
      ),
    )
    .addHelpText(
      'after',
      `
Docker runs a program by the name of docker-credential-fedbridge on the path:

  #!/bin/sh
  exec fedbridge docker-credential --registry contoso.azurecr.io \\
    --service-connection azure-prod "$@"

for the registries of its config.json:

  {"credHelpers": {"contoso.azurecr.io": "fedbridge"}}

Example:
  echo contoso.azurecr.io | fedbridge docker-credential get --registry contoso.azurecr.io --client-id … --tenant-id …`,
    )
    .action((operation: string, options: DockerCredentialOptions) => answer(operation, options, cli));
}

async function answer(operation: string, options: DockerCredentialOptions, cli: Cli): Promise<void> {
  const { terminal } = cli;
  if (operation === 'list') {
    terminal.printJson(Object.fromEntries(options.registry.map((host) => [host, userOf(host)])));
    return;
  }
  const asked = (await terminal.read()).trim();
  // Nothing is kept, so that there is nothing to erase; whoever logs in by hand must not think that it is.
  if (operation === 'erase') return;
  if (operation === 'store') {
    throw new FedbridgeError('INPUT_INVALID', 'This helper keeps no password.', {
      hint: 'It gives a new one whenever docker asks: no "docker login" is needed.',
    });
  }
  const host = hostOf(asked);
  if (!options.registry.includes(host)) {
    // By these words docker knows that there is none, and goes on without.
    terminal.print('credentials not found in native keychain');
    terminal.exitCode = 1;
    return;
  }
  const { username, secret } = await loginTo(host, options, cli);
  terminal.printJson({ ServerURL: asked, Username: username, Secret: secret });
}

async function loginTo(host: string, options: DockerCredentialOptions, cli: Cli): Promise<Login> {
  const ecr = ecrRegistry(host);
  const outbound = outbounds(cli)(timeoutMs);
  if (ecr) {
    const { roleToAssume = needed('--role-to-assume'), awsRegion = ecr.region } = options;
    const identity = await chooseIdentity(options, cli, outbound);
    const credentials = await roleCredentials({ ...options, roleToAssume, awsRegion }, identity, outbound);
    return ecrLogin(ecr, options.registryEndpoint ?? ecrEndpoint(ecr.region), credentials, outbound);
  }
  const identity: CommandIdentity = await identityOf(options, cli);
  const accessToken = () => identity.accessToken(resourceOf('arm', identity.cloud));
  const endpoint = options.registryEndpoint ?? parseEndpoint(`https://${host}`, 'the registry');
  return registryLogin(host, endpoint, accessToken, outbound);
}

const userOf = (host: string) => (ecrRegistry(host) ? 'AWS' : '00000000-0000-0000-0000-000000000000');

/** Docker names a registry by its host, or by a URL. */
function hostOf(asked: string): string {
  const address = asked.includes('://') ? asked : `https://${asked}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'https:' && !url.username && !url.password ? url.host : '';
}

/** One that is known: to any other an access token would be sent in vain, or worse. */
function registry(text: string, before: readonly string[] = []): readonly string[] {
  const host = text.toLowerCase();
  if (ecrRegistry(host) || isAzureRegistry(host)) return [...before, host];
  throw new InvalidArgumentError(
    'expected a registry of Amazon ECR or Azure Container Registry, such as contoso.azurecr.io.',
  );
}
