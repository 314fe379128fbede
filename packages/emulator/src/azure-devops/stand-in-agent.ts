/**
 * What stands in an agent's package for the agent: `configure`, `remove` and `run`, with the arguments and the variables that the real one
 * takes, and its exit codes. It is packed without its types, and runs alone.
 * Source: microsoft/azure-pipelines-agent, `CommandSettings`, `ConfigurationManager`, `Agent`, `MessageListener` and `SelfUpdater`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { arch, hostname, release, type } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [command, ...args] = process.argv.slice(2);
const settings = '.agent';
const credentials = '.credentials';

interface Settings {
  readonly url: string;
  readonly poolId: number;
  readonly agentId: number;
  readonly agentName: string;
  readonly workFolder: string;
}

/** `--name value`, or the variable that unattended configuration reads it from. */
function option(name: string, otherwise?: string): string {
  const at = args.indexOf(`--${name}`);
  const given = at < 0 ? process.env[`VSTS_AGENT_INPUT_${name.toUpperCase()}`] : args[at + 1];
  if (given) return given;
  if (otherwise !== undefined) return otherwise;
  throw new Error(`Missing required argument: --${name}`);
}

async function call(url: string, authorization: string, method: string, path: string, body?: unknown) {
  const { status, content } = await request(`${url}/_apis/${path}`, {
    ...{ method, body: body === undefined ? undefined : JSON.stringify(body) },
    headers: { authorization, accept: 'application/json; api-version=5.1-preview', 'content-type': 'application/json' },
  });
  const answer = content.length === 0 ? undefined : JSON.parse(content.toString());
  if (status >= 200 && status < 300) return answer;
  throw new Error(answer?.message ?? `HTTP ${status}`);
}

interface Call {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | undefined;
}

const mostRetries = 5;
const firstWaitMs = 100;

/**
 * Sends a request again after a connection that was not made or broke, as the agent does, in shorter waits.
 * Source: microsoft/azure-pipelines-agent, `VssHttpRetryMessageHandler`, which knows no difference of methods.
 */
async function request(url: string, options: Call) {
  for (let retries = 0; ; retries += 1) {
    try {
      return await send(url, options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || retries === mostRetries) throw new Error(`${url}: ${code ?? error}`, { cause: error });
      await sleep(firstWaitMs * 2 ** retries * (1 + Math.random()));
    }
  }
}

/**
 * A hundred of these start at once: neither `fetch` is used nor are modules of HTTP imported, since either loads what takes longer than Node
 * itself to start.
 */
function send(url: string, { method, headers, body }: Call): Promise<{ status: number; content: Buffer }> {
  const { request: open } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http');
  return new Promise((done, failed) => {
    const sent = open(url, { method, headers }, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        done({ status: response.statusCode ?? 0, content: Buffer.concat(chunks) });
      } catch (error) {
        failed(error);
      }
    });
    sent.on('error', failed).end(body);
  });
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
  const workFolder = resolve(option('work', '_work'));
  const saved: Settings = { url, poolId, agentId: added.id, agentName: agent.name, workFolder };
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

/** How `run` ends. Source: `Constants.Agent.ReturnCode`. */
const exitCodes = { success: 0, terminatedError: 1, agentUpdating: 3, runOnceAgentUpdating: 4 };

/** How often the real one renews the lock of its job, and calls while it has one, is once a minute and every 30 s. */
const renewMs = 500;

async function run(): Promise<number> {
  const { url, poolId, agentId, agentName } = readSettings();
  const authorization = `Bearer ${readFileSync(credentials, 'utf8')}`;
  const pool = `distributedtask/pools/${poolId}`;
  const isOnce = args.includes('--once');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  const agent = { id: agentId, name: agentName, version };
  const { sessionId } = await call(url, authorization, 'POST', `${pool}/sessions`, { agent });
  console.log('Listening for Jobs');
  try {
    while (!stop.signal.aborted) {
      const message = await call(url, authorization, 'GET', `${pool}/messages?sessionId=${sessionId}`);
      if (!message) continue;
      if (message.messageType === 'AgentRefresh') {
        await update(JSON.parse(message.body).targetVersion, !isOnce && option('startuptype', 'manual') !== 'service');
        return isOnce ? exitCodes.runOnceAgentUpdating : exitCodes.agentUpdating;
      }
      const job = `${pool}/jobrequests/${message.messageId}`;
      console.log('Running job: Job');
      const until = Date.now() + JSON.parse(message.body).seconds * 1000;
      let isOurs = true;
      while (isOurs && Date.now() < until && !stop.signal.aborted) {
        await sleep(Math.min(renewMs, until - Date.now()), undefined, { signal: stop.signal }).catch(() => {});
        isOurs = await call(url, authorization, 'PATCH', job, {}).then(
          () => true,
          () => false,
        );
      }
      if (!isOurs) continue;
      const result = stop.signal.aborted ? 'canceled' : 'succeeded';
      await call(url, authorization, 'PATCH', job, { result });
      console.log(`Job Job completed with result: ${result}`);
      if (isOnce) break;
    }
    return exitCodes.success;
  } finally {
    await call(url, authorization, 'DELETE', `${pool}/sessions/${sessionId}`);
  }
}

/**
 * Puts another version beside this one, and a script in the place of this process that takes it for this one when this process is gone.
 *
 * @param isToRestart - whether nobody else starts the agent again
 */
async function update(target: string, isToRestart: boolean): Promise<void> {
  const { url, workFolder } = readSettings();
  const root = process.cwd();
  const latest = join(workFolder, '_update');
  rmSync(latest, { recursive: true, force: true });
  mkdirSync(latest, { recursive: true });
  const address = `${new URL(url).origin}/download/agent/${target}/vsts-agent-linux-x64-${target}.tar.gz`;
  const { content } = await request(address, { method: 'GET', headers: {}, body: undefined });
  const archive = join(latest, 'agent.tar.gz');
  writeFileSync(archive, content);
  execFileSync('tar', ['-xzf', archive, '-C', latest]);
  cpSync(join(latest, 'bin'), join(root, `bin.${target}`), { recursive: true });
  for (const script of ['config.sh', 'run.sh']) copyFileSync(join(latest, script), join(root, script));
  const script = join(workFolder, '_update.sh');
  writeFileSync(script, updateScript(root, target, isToRestart));
  spawn('bash', [script], { stdio: 'ignore' }).unref();
  console.log('Agent will exit shortly for update, should be back online within 10 seconds.');
}

/** In shorter waits than the real one's. Source: microsoft/azure-pipelines-agent, `update.sh.template`. */
const updateScript = (root: string, target: string, isToRestart: boolean) => `
cd ${JSON.stringify(root)}
while kill -0 ${process.pid} 2>/dev/null; do sleep 0.1; done
sleep 0.5
if [[ -L bin ]]; then rm bin; else mv bin bin.${version}; fi
sleep 0.5
ln -s bin.${target} bin
${isToRestart ? './run.sh &' : ''}
`;

try {
  if (command === 'run') process.exitCode = await run();
  else if (command === 'remove') await remove();
  else await configure();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = exitCodes.terminatedError;
}
