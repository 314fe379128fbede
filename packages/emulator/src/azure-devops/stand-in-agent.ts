/**
 * What stands in an agent's package for the agent: `configure`, `configure remove` and `run`, with the arguments and the
 * variables that the real one takes. It is packed without its types, and runs alone.
 * Source: microsoft/azure-pipelines-agent, `CommandSettings`, `ConfigurationManager` and `Agent`.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, hostname, release, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const [command, ...args] = process.argv.slice(2);
const settings = '.agent';
const credentials = '.credentials';

interface Settings {
  readonly url: string;
  readonly poolId: number;
  readonly agentId: number;
  readonly agentName: string;
}

/** `--name value`, or the variable that unattended configuration reads it from. */
function option(name: string): string {
  const at = args.indexOf(`--${name}`);
  const given = at < 0 ? process.env[`VSTS_AGENT_INPUT_${name.toUpperCase()}`] : args[at + 1];
  if (given) return given;
  throw new Error(`Missing required argument: --${name}`);
}

async function call(url: string, authorization: string, method: string, path: string, body?: unknown) {
  const { ok, status, text } = await request(`${url}/_apis/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = text === '' ? undefined : JSON.parse(text);
  if (ok) return answer;
  throw new Error(answer?.message ?? `HTTP ${status}`);
}

const mostRetries = 5;
const firstWaitMs = 100;

/**
 * Sends a request again after a connection that was not made or broke, as the agent does, in shorter waits.
 * Source: microsoft/azure-pipelines-agent, `VssHttpRetryMessageHandler`, which knows no difference of methods.
 */
async function request(url: string, options: RequestInit) {
  for (let retries = 0; ; retries += 1) {
    try {
      const response = await fetch(url, options);
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch (error) {
      // What `fetch` throws for the network has the reason as its cause; a URL that is none has not.
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      if (code === undefined || retries === mostRetries) throw new Error(`${url}: ${code ?? error}`, { cause: error });
      await sleep(firstWaitMs * 2 ** retries * (1 + Math.random()));
    }
  }
}

const asPat = () => `Basic ${Buffer.from(`:${option('token')}`).toString('base64')}`;
const readSettings = () => JSON.parse(readFileSync(settings, 'utf8')) as Settings;

const version = '4.266.2';
const ignored = new Set((process.env.VSO_AGENT_IGNORE ?? '').split(',').map((name) => name.trim().toUpperCase()));
/** Of the machine, and every variable but those that are to be ignored. */
const systemCapabilities = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ignored.has(name.toUpperCase()))),
  'Agent.Version': version,
  'Agent.OS': type(),
  'Agent.OSArchitecture': arch().toUpperCase(),
  'Agent.ComputerName': hostname(),
};

async function configure(): Promise<void> {
  if (existsSync(settings)) throw new Error('Cannot configure the agent because it is already configured.');
  if (!args.includes('--unattended') || option('auth').toLowerCase() !== 'pat')
    throw new Error('Only --unattended --auth pat.');
  const url = option('url').replace(/\/$/, '');
  const authorization = asPat();
  await call(url, authorization, 'GET', 'connectionData');
  const pools = await call(
    url,
    authorization,
    'GET',
    `distributedtask/pools?poolName=${encodeURIComponent(option('pool'))}`,
  );
  const poolId = pools.value[0]?.id;
  if (!poolId) throw new Error(`Agent pool not found: ${option('pool')}`);
  const agent = { name: option('agent'), version, osDescription: `${type()} ${release()}`, systemCapabilities };
  const path = `distributedtask/pools/${poolId}/agents`;
  const known = await call(url, authorization, 'GET', `${path}?agentName=${encodeURIComponent(agent.name)}`);
  const existing = known.value[0]?.id;
  if (existing && !args.includes('--replace'))
    throw new Error(`Pool ${poolId} already contains an agent with name ${agent.name}.`);
  const added = existing
    ? await call(url, authorization, 'PUT', `${path}/${existing}`, agent)
    : await call(url, authorization, 'POST', path, agent);
  const saved: Settings = { url, poolId, agentId: added.id, agentName: agent.name };
  writeFileSync(settings, JSON.stringify(saved));
  writeFileSync(credentials, added.authorization.token, { mode: 0o600 });
  console.log('Settings Saved.');
}

async function remove(): Promise<void> {
  if (!existsSync(settings)) throw new Error('Cannot remove an agent that is not configured.');
  const { url, poolId, agentId } = readSettings();
  await call(url, asPat(), 'DELETE', `distributedtask/pools/${poolId}/agents/${agentId}`);
  for (const file of [settings, credentials]) rmSync(file, { force: true });
  console.log('Succeeded: Removing agent from the server');
}

async function run(): Promise<void> {
  const { url, poolId } = readSettings();
  const authorization = `Bearer ${readFileSync(credentials, 'utf8')}`;
  const pool = `distributedtask/pools/${poolId}`;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  const { sessionId } = await call(url, authorization, 'POST', `${pool}/sessions`, {});
  console.log('Listening for Jobs');
  try {
    while (!stop.signal.aborted) {
      const message = await call(url, authorization, 'GET', `${pool}/messages?sessionId=${sessionId}`);
      if (!message) continue;
      const { seconds } = JSON.parse(message.body);
      console.log('Running job: Job');
      const ran = await sleep(seconds * 1000, true, { signal: stop.signal }).catch(() => false);
      const result = ran ? 'succeeded' : 'canceled';
      await call(url, authorization, 'PATCH', `${pool}/jobrequests/${message.messageId}`, { result });
      console.log(`Job Job completed with result: ${result}`);
      if (args.includes('--once')) break;
    }
  } finally {
    await call(url, authorization, 'DELETE', `${pool}/sessions/${sessionId}`);
  }
}

try {
  if (command === 'run') await run();
  else if (args[0] === 'remove') await remove();
  else await configure();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
