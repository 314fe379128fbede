/** How many full exchanges a second the emulator serves: an ID token and what is given for it, with everything verified. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { ids, role, sharedSetup } from '../harness/setup.ts';
import { table, writeFigures } from './pages.ts';

const seconds = 10;
const connections = 32;

await using emulator = await startEmulator({ setup: sharedSetup });
const { environment } = emulator.startGitHubJob();
const clouds = {
  AWS: {
    audience: 'sts.amazonaws.com',
    url: emulator.urls.sts,
    form: { Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: role, RoleSessionName: 'load' },
    member: 'WebIdentityToken',
  },
  Entra: {
    audience: 'api://AzureADTokenExchange',
    url: `${emulator.urls.entra}/${ids.tenant}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: ids.app,
      scope: 'https://graph.microsoft.com/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    },
    member: 'client_assertion',
  },
};

const rows: string[][] = [];
for (const [cloud, { audience, url, form, member }] of Object.entries(clouds)) {
  const task = {
    seconds,
    connections,
    tokenUrl: `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(audience)}`,
    bearer: environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
    exchangeUrl: url,
    form: new URLSearchParams(form).toString(),
    member,
  };
  const before = process.cpuUsage();
  const { exchanges, p50, p99 } = await load(task);
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000 / exchanges;
  rows.push([
    `GitHub to ${cloud}`,
    `**${Math.round(exchanges / seconds)}**`,
    `${p50.toFixed(1)} ms`,
    `${p99.toFixed(1)} ms`,
    `${cpuMs.toFixed(2)} ms`,
  ]);
}
writeFigures(
  'performance.md',
  'emulator',
  table(['', 'full exchanges a second', 'p50', 'p99', "the emulator's CPU for one"], rows),
);

/** In a process of its own: what asks does not stand in the way of what answers. */
function load(task: object): Promise<{ exchanges: number; p50: number; p99: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.mjs'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return new Promise((resolve) => child.on('close', () => resolve(JSON.parse(text))));
}
