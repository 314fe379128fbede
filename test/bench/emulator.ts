/** How many full exchanges a second the emulator serves: an ID token and what is given for it, with everything verified. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '@fedbridge/emulator';
import { ids, role, sharedSetup } from '../harness/setup.ts';
import { median, table, writeFigures } from './pages.ts';

const seconds = 3;
const connections = 32;
const rounds = 9;

// As the emulator's page tells its users: more threads than cores stand in each other's way.
process.env.UV_THREADPOOL_SIZE = String(availableParallelism());
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

interface Figures {
  readonly exchanges: number;
  readonly p50: number;
  readonly p99: number;
  /** The emulator's, in ms for an exchange. */
  readonly cpuMs: number;
}

await using emulator = await startEmulator({ setup: sharedSetup });
const { environment } = emulator.startGitHubJob();
const exchanges = [
  {
    to: 'AWS',
    signatures: 1,
    audience: 'sts.amazonaws.com',
    url: emulator.urls.sts,
    form: { Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: role, RoleSessionName: 'load' },
    member: 'WebIdentityToken',
  },
  {
    to: 'Entra',
    signatures: 2,
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
].map(({ to, signatures, audience, url, form, member }) => ({
  to,
  signatures,
  task: {
    seconds,
    connections,
    tokenUrl: `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(audience)}`,
    bearer: environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
    exchangeUrl: url,
    form: new URLSearchParams(form).toString(),
    member,
  },
  measured: [] as Figures[],
}));

const signatureMs: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const { task, measured } of exchanges) {
    signatureMs.push(timeOfSignature());
    const before = process.cpuUsage();
    const times = await load(task);
    const { user, system } = process.cpuUsage(before);
    measured.push({ ...times, cpuMs: (user + system) / 1000 / times.exchanges });
  }
}
const rows = exchanges.map(({ to, signatures, measured }) => {
  const at = (of: keyof Figures) => median(measured.map((one) => one[of]));
  return [
    `GitHub to ${to}`,
    `**${Math.round(at('exchanges') / seconds)}**`,
    `${at('p50').toFixed(1)} ms`,
    `${at('p99').toFixed(1)} ms`,
    `${at('cpuMs').toFixed(2)} ms`,
    `${(signatures * median(signatureMs)).toFixed(2)} ms (${signatures})`,
  ];
});
writeFigures(
  'performance.md',
  'emulator',
  table(
    ['', 'full exchanges a second', 'p50', 'p99', "the emulator's CPU for one", 'of that its RSA signatures'],
    rows,
  ),
);

/** One with RSA and 2,048 bits, on a core, in ms. */
function timeOfSignature(): number {
  const content = Buffer.alloc(1000);
  const begin = performance.now();
  for (let count = 0; count < 500; count += 1) sign('RSA-SHA256', content, privateKey);
  return (performance.now() - begin) / 500;
}

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
