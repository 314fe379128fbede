import { invalid, parseEndpoint, sameButForCase } from '@fedbridge/core';
import type { WantedSecret } from '@fedbridge/exchange/secrets';
import type { InputDefinition } from '@fedbridge/step';

/** Source of the names: hashicorp/vault-action, `action.yml`. */
export const vaultInputs = {
  url: {
    type: 'text',
    label: 'Address',
    decides: true,
    parse: (text: string) => parseEndpoint(text, "Vault's address"),
    description: 'vault: the address of Vault or OpenBao, for example https://vault.example.com:8200.',
  },
  role: {
    type: 'text',
    label: 'Role',
    decides: true,
    parse: parseName,
    description: 'vault: the role of the JWT auth method to log in with.',
  },
  path: {
    type: 'text',
    label: 'Path of the auth method',
    decides: true,
    parse: parsePath,
    description: 'vault: where the JWT auth method is mounted, by default jwt.',
  },
  namespace: {
    type: 'text',
    label: 'Namespace',
    decides: true,
    parse: parsePath,
    description: 'vault: the namespace to log in and to read in.',
  },
  secrets: {
    type: 'text',
    label: 'Secrets',
    decides: true,
    multiline: true,
    parse: parseSecrets,
    description:
      'vault: secrets to read, with semicolons between them: a path, a key, and a name of your own behind "|", for example ' +
      '"secret/data/ci npmToken | NPM_TOKEN". Without a name it is the key in capitals. Each is the secret output {<name>:secret}.',
  },
  exportEnv: {
    type: 'boolean',
    label: 'Export secrets',
    default: true,
    description: 'vault: set each secret as a variable of its name.',
    on: { 'azure-pipelines': 'It is a secret variable, which a script maps.' },
  },
  exportToken: {
    type: 'boolean',
    label: 'Export the token',
    default: false,
    description: 'vault: set VAULT_ADDR, VAULT_NAMESPACE and VAULT_TOKEN, which is masked.',
    on: { 'azure-pipelines': 'The token is a secret variable, which a script maps.' },
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

function parseName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw invalid('expected a name: letters, digits, ".", "-" and "_".');
}

/** Without slashes at its ends. */
function parsePath(text: string): string {
  const path = text.replace(/^\/|\/$/g, '');
  if (path.split('/').every((part) => /^[^\s/?#%]+$/.test(part) && part !== '.' && part !== '..')) return path;
  throw invalid('expected a path, such as jwt or teams/web.');
}

/** Variables by which a program is told what to load or to run: no secret has such a name. */
const steering =
  /^(PATH|NODE_OPTIONS|BASH_ENV|ENV|LD_\w+|DYLD_\w+|GITHUB_\w+|RUNNER_\w+|ACTIONS_\w+|AGENT_\w+|SYSTEM_\w+)$/i;

/** Source: vault-action, `src/action.js` (parseSecretsInput). */
function parseSecrets(text: string): { readonly secrets: readonly WantedSecret[] } {
  const entries = text.split(';').map((entry) => entry.trim());
  // One may stand at the end.
  if (entries.at(-1) === '') entries.pop();
  const secrets = entries.map(parseSecret);
  const twice = sameButForCase(secrets.map(({ name }) => name));
  if (twice !== undefined)
    throw invalid(`"${twice[0]}" and "${twice[1]}" are one variable: give one of them another name.`);
  return { secrets };
}

function parseSecret(entry: string): WantedSecret {
  const [, path = '', key = '', given] = /^(\S+)\s+([^\s|]+)\s*(?:\|\s*(\S+))?$/.exec(entry) ?? [];
  if (key === '') throw invalid(`expected "<path> <key> | <name>" between semicolons, not "${entry}".`);
  if (key === '*') throw invalid(`"*" reads whatever somebody puts at ${path}: name the keys.`);
  const name = given ?? key.replace(/[^A-Za-z\d_]/g, '_').toUpperCase();
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid(`"${name}" is no name of a variable: give one behind "|".`);
  if (steering.test(name))
    throw invalid(`"${name}" is a variable that programs are steered by: give another name behind "|".`);
  return { path: parsePath(path), key, name };
}
