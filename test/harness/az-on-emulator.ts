/**
 * Stands in for an `az` that is signed in: makes of a command line the requests that the Azure CLI makes, to the emulator's Microsoft
 * Graph, Azure Resource Manager and Azure DevOps, and prints their answers. With `AZ_FAILS` it fails as it is told: a part of a command
 * line, what is said then, and how often. With `AZ_PRINTS` it prints something else than its answer: a list of a part of a command line
 * and of what is printed, in which `…` stands for the answer; `cut` is half of that.
 *
 * What az sends was read in Azure/azure-cli 2.7x, `src/azure-cli/azure/cli/command_modules/role/custom.py` and
 * `_msgrpah/_graph_client.py`, `command_modules/util/rest` (2026-11-26): `az ad app list --filter` one GET, `az ad app create` a GET by the
 * beginning of the name, then a POST or a PATCH, `az ad app federated-credential` a GET by `appId`, `az role assignment create` a GET of
 * role definitions and a PUT, `az role assignment list --all` a GET by `principalId` and one of role definitions.
 * test/e2e/init-azure.test.ts runs one journey with the real az as well, where it is on the path.
 */

import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const {
  HOME = '',
  AZ_RESOURCES = '',
  AZ_DEVOPS = '',
  AZ_ACCOUNTS = '[]',
  AZ_TOKENS = '{}',
  AZ_FAILS,
  AZ_PRINTS,
} = process.env;
const args = process.argv.slice(2);
const tokens = JSON.parse(AZ_TOKENS) as Readonly<Record<'graph' | 'arm' | 'devOps', string>>;
appendFileSync(join(HOME, 'az.jsonl'), `${JSON.stringify(args)}\n`);

class Failed extends Error {}

/** The value of an option, as `--name value` or `--name=value`. */
function option(name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  return args[at]?.includes('=') ? args[at]?.slice(name.length + 1) : at === -1 ? undefined : args[at + 1];
}
const needed = (name: string) => option(name) ?? fail(`the following arguments are required: ${name}`);
function fail(message: string): never {
  throw new Failed(message);
}

interface Answer {
  readonly value?: readonly Item[];
  readonly id?: string;
  readonly appId?: string;
}
interface Item {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly passwordCredentials: readonly Key[];
  readonly keyCredentials: readonly Key[];
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface Key {
  readonly endDateTime: string;
}

async function ask(method: string, url: string, token: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) fail(messageIn(text, answer.status));
  return text === '' ? {} : JSON.parse(text);
}

function messageIn(text: string, status: number): string {
  try {
    const { error, message } = JSON.parse(text);
    return error ? `${codeOf(error)}${error.message}` : message;
  } catch {
    return `HTTP ${status}`;
  }
}
/** Of Azure Resource Manager the code is said too. */
const codeOf = (error: { readonly code: string; readonly innerError?: unknown }) =>
  error.innerError ? '' : `(${error.code}) `;

const graph = (method: string, path: string, body?: unknown) =>
  ask(method, `${AZ_RESOURCES}/v1.0${path}`, tokens.graph, body);
const list = async (path: string, filter: string) =>
  (await graph('GET', `${path}?$filter=${encodeURIComponent(filter)}`)).value ?? [];
const arm = (method: string, path: string, body?: unknown) => ask(method, `${AZ_RESOURCES}${path}`, tokens.arm, body);

async function objectIdOf(appId: string): Promise<string> {
  return (await list('/applications', `appId eq '${appId}'`))[0]?.id ?? appId;
}
/** What `--query` makes of keys. */
const withEnds = ({ passwordCredentials, keyCredentials, ...one }: Item) => ({
  ...one,
  secrets: passwordCredentials.map(({ endDateTime: end }) => ({ end })),
  certificates: keyCredentials.map(({ endDateTime: end }) => ({ end })),
});
const subscription = () => option('--subscription') ?? accounts[0]?.id ?? '';
const accounts = JSON.parse(AZ_ACCOUNTS) as readonly { readonly id: string }[];
const definitions = async (filter = '') =>
  (
    await arm(
      'GET',
      `/subscriptions/${subscription()}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01${filter}`,
    )
  ).value ?? [];

const commands: Readonly<Record<string, () => unknown>> = {
  'account show': () => {
    if (accounts.length === 0) fail("Please run 'az login' to setup account.");
    const wanted = option('--subscription');
    return (
      accounts.find(({ id }) => wanted === undefined || id === wanted) ??
      fail(`Subscription '${wanted}' not found. Check the spelling and casing and try again.`)
    );
  },
  'ad app list': async () => (await list('/applications', needed('--filter'))).map(withEnds),
  'ad app owner list': async () =>
    (await graph('GET', `/applications/${await objectIdOf(needed('--id'))}/owners`)).value,
  'ad sp owner list': async () => (await graph('GET', `/servicePrincipals/${needed('--id')}/owners`)).value,
  'ad app create': async () => {
    const displayName = needed('--display-name');
    const body = { displayName, signInAudience: option('--sign-in-audience') };
    const all = await list('/applications', `startswith(displayName,'${displayName}')`);
    const [known] = all.filter((one) => one.displayName === displayName);
    if (!known) return graph('POST', '/applications', body);
    await graph('PATCH', `/applications/${known.id}`, body);
    return known;
  },
  'ad sp list': async () => (await list('/servicePrincipals', needed('--filter'))).map(withEnds),
  'ad sp create': () => graph('POST', '/servicePrincipals', { appId: needed('--id'), accountEnabled: true }),
  'ad app federated-credential list': async () =>
    (await graph('GET', `/applications/${await objectIdOf(needed('--id'))}/federatedIdentityCredentials`)).value,
  'ad app federated-credential create': async () =>
    graph(
      'POST',
      `/applications/${await objectIdOf(needed('--id'))}/federatedIdentityCredentials`,
      needed('--parameters'),
    ),
  'ad app federated-credential update': async () =>
    graph(
      'PATCH',
      `/applications/${await objectIdOf(needed('--id'))}/federatedIdentityCredentials/${needed('--federated-credential-id')}`,
      needed('--parameters'),
    ),
  'role definition list': async () =>
    (await definitions()).filter((one) => [one.name, one.properties.roleName].includes(needed('--name'))),
  'role assignment list': async () => {
    const filter = encodeURIComponent(`principalId eq '${needed('--assignee')}'`);
    const path = `/subscriptions/${subscription()}/providers/Microsoft.Authorization/roleAssignments`;
    const all = (await arm('GET', `${path}?api-version=2022-04-01&$filter=${filter}`)).value ?? [];
    const names = new Map((await definitions()).map(({ id, properties }) => [id, properties.roleName]));
    return all.map(({ id, properties }) => ({
      id,
      ...properties,
      roleDefinitionName: names.get(properties.roleDefinitionId ?? '') ?? null,
    }));
  },
  'role assignment create': async () => {
    const filter = `&$filter=${encodeURIComponent(`roleName eq '${needed('--role')}'`)}`;
    const [role] = await definitions(filter);
    if (!role) fail(`Role '${needed('--role')}' doesn't exist.`);
    const properties = {
      ...{ roleDefinitionId: role.id, principalId: needed('--assignee-object-id') },
      principalType: needed('--assignee-principal-type'),
    };
    const path = `${needed('--scope')}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    return arm('PUT', `${path}?api-version=2022-04-01`, { properties });
  },
  rest: () => {
    const url = needed('--url');
    const method = needed('--method').toUpperCase();
    const isDevOps = url.startsWith('https://dev.azure.com/');
    const to = url.replace('https://dev.azure.com', AZ_DEVOPS).replace('https://graph.microsoft.com', AZ_RESOURCES);
    return ask(method, to, isDevOps ? tokens.devOps : tokens.graph, option('--body'));
  },
};

function failsAsTold(): void {
  const [part = '', message = '', times = '1'] = (AZ_FAILS ?? '').split('|');
  if (part === '' || !args.join(' ').includes(part)) return;
  const file = join(HOME, 'failures');
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  writeFileSync(file, String(before + 1));
  if (before < Number(times)) fail(message);
}

function instead(answer: string): string {
  const [part, printed] = JSON.parse(AZ_PRINTS ?? '[]') as readonly [string?, string?];
  if (part === undefined || printed === undefined || !args.join(' ').includes(part)) return answer;
  if (printed === 'cut') return answer.slice(0, answer.length / 2);
  return printed.replace('…', () => answer);
}

try {
  failsAsTold();
  const words = args.slice(
    0,
    args.findIndex((arg) => arg.startsWith('-')),
  );
  const command = commands[words.join(' ')];
  if (!command) throw new Error(`not known here: ${words.join(' ')}`);
  console.log(instead(JSON.stringify(await command(), null, 2)));
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  console.error(`ERROR: ${error.message}`);
  process.exitCode = 1;
}
