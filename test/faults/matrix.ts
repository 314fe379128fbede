import { type Emulator, type Fault, startEmulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step, StepRun } from '../harness/job.ts';
import { input, mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { pipelineJob, sharedSetup } from '../harness/setup.ts';
import { exchangeInputs, exchangeStep } from '../harness/token-exchange.ts';
import type { Platform } from '../harness/ways.ts';

/** What goes wrong, and what then has to happen: once, and for as long as it is asked. */
export interface FaultCase {
  readonly title: string;
  readonly once?: Outcome;
  readonly always: Outcome;
  /** By the emulator, or by a world that is set up otherwise. */
  readonly fault?: Fault;
  readonly world?: 'refused' | 'unknown host' | 'untrusted TLS' | 'clock ahead' | 'clock behind';
}

/** `ok`, or the codes of which one is right. */
type Outcome = 'ok' | readonly string[];

const html = { 'content-type': 'text/html' };
const down = ['UNAVAILABLE'];
const cut = ['HTTP_CONNECT'];
const malformed = ['ANSWER_MALFORMED'];
const status = (code: number, more: object = {}): Fault => ({ status: code, ...more });

const faultCases: readonly FaultCase[] = [
  { title: 'connection refused', world: 'refused', always: cut },
  { title: 'name not found', world: 'unknown host', always: [...cut, 'ENDPOINT_NOT_ALLOWED'] },
  { title: 'untrusted TLS', world: 'untrusted TLS', always: ['HTTP_TLS'] },
  { title: 'reset before the headers', fault: { drop: 'before-headers' }, once: 'ok', always: cut },
  { title: 'reset after the headers', fault: { drop: 'after-headers' }, once: 'ok', always: cut },
  { title: 'half a body', fault: { drop: 'mid-body' }, once: 'ok', always: cut },
  { title: 'a body that never ends', fault: { dripMs: 50 }, always: ['HTTP_TIMEOUT'] },
  { title: 'no answer in time', fault: { delayMs: 60_000 }, always: ['HTTP_TIMEOUT'] },
  { title: '408', fault: status(408), once: 'ok', always: down },
  { title: '429', fault: status(429), once: 'ok', always: down },
  { title: '429, Retry-After: 1', fault: status(429, { headers: { 'retry-after': '1' } }), once: 'ok', always: down },
  {
    title: '429, Retry-After: 3600',
    fault: status(429, { headers: { 'retry-after': '3600' } }),
    once: down,
    always: down,
  },
  {
    title: '429, Retry-After: soon',
    fault: status(429, { headers: { 'retry-after': 'soon' } }),
    once: 'ok',
    always: down,
  },
  { title: '500', fault: status(500), once: 'ok', always: down },
  { title: '502, HTML', fault: status(502, { headers: html, body: '<html>' }), once: 'ok', always: down },
  { title: '503', fault: status(503), once: 'ok', always: down },
  { title: '504', fault: status(504), once: 'ok', always: down },
  {
    title: '404',
    fault: status(404),
    always: ['ID_TOKEN_REFUSED', 'EXCHANGE_REJECTED', 'EXCHANGE_REFUSED', 'ANSWER_MALFORMED'],
  },
  { title: 'HTML', fault: status(200, { headers: html, body: '<html>Sign in' }), always: malformed },
  { title: 'empty', fault: status(200), always: malformed },
  { title: '`null`', fault: status(200, { body: 'null' }), always: [...malformed, 'ID_TOKEN_UNAVAILABLE'] },
  { title: '`[]`', fault: status(200, { body: '[]' }), always: malformed },
  { title: 'oversized', fault: status(200, { body: 'x'.repeat(2_000_000) }), always: ['HTTP_TOO_LARGE'] },
  { title: 'a redirect elsewhere', fault: { redirect: 'https://example.com/' }, always: ['HTTP_REDIRECT'] },
  { title: 'another content type', fault: { contentType: 'text/plain' }, always: 'ok' },
  { title: 'another charset', fault: { encoding: 'utf16le' }, always: malformed },
  { title: 'the cloud 10 min ahead', world: 'clock ahead', always: ['ID_TOKEN_NOT_YET_VALID', 'ok'] },
  { title: 'the cloud 10 min behind', world: 'clock behind', always: ['ID_TOKEN_EXPIRED', 'ok'] },
];

interface Target {
  readonly title: string;
  readonly service: 'github' | 'azureDevOps' | 'entra' | 'sts' | 'oauth' | 'octoSts' | 'google' | 'vault';
  readonly isTokenRequest: boolean;
  start(emulator: Emulator, changed: { readonly inputs: Variables; readonly environment: Variables }): Step;
  /** Inputs and variables that move the request elsewhere. */
  moved(origin: string, emulator: Emulator): { readonly inputs?: Variables; readonly environment?: Variables };
}

/** Nobody listens at the first port, whatever else runs on this machine. */
const nobody = 'http://127.0.0.1:1';

/** Every request that goes out of a step, on both platforms. */
const targets: readonly Target[] = [
  ...mainJourneys.flatMap((journey): Target[] => {
    const isGitHub = journey.platform === 'GitHub Actions';
    const start: Target['start'] = (emulator, changed) => journey.start(emulator, changed);
    return [
      {
        title: `${journey.title}: ID token`,
        service: isGitHub ? 'github' : 'azureDevOps',
        isTokenRequest: true,
        start,
        moved: isGitHub ? movedGitHub : movedAzureDevOps,
      },
      {
        title: `${journey.title}: exchange`,
        service: journey.cloud === 'AWS' ? 'sts' : 'entra',
        isTokenRequest: false,
        start,
        moved: (origin) => ({
          inputs: input(journey, journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host', origin),
        }),
      },
    ];
  }),
  {
    title: 'GitHub Actions: ID token alone',
    service: 'github',
    isTokenRequest: true,
    start: (emulator, { inputs, environment }) =>
      gitHubStep({
        name: 'id-token',
        inputs,
        environment: { ...emulator.startGitHubJob().environment, ...environment },
      }),
    moved: movedGitHub,
  },
  {
    title: 'Azure Pipelines: ID token alone',
    service: 'azureDevOps',
    isTokenRequest: true,
    start: (emulator, { inputs, environment }) =>
      azurePipelinesStep({
        name: 'FedbridgeIdToken',
        inputs,
        environment: { ...emulator.startAzurePipelinesJob(pipelineJob).environment, ...environment },
      }),
    moved: movedAzureDevOps,
  },
  exchangeTarget('rfc8693', 'github', 'oauth', (origin) => ({ tokenUrl: `${origin}/token` })),
  exchangeTarget('google', 'github', 'google', (origin) => ({
    tokenUrl: `${origin}/v1/token`,
    iamCredentialsEndpoint: origin,
  })),
  exchangeTarget('vault', 'azure-pipelines', 'vault', (origin) => ({ url: origin })),
  exchangeTarget('octo-sts', 'azure-pipelines', 'octoSts', (origin) => ({ domain: origin })),
];

/** An exchange by a profile: which platform it is on is nothing to it. @param moved - the inputs that name the service */
function exchangeTarget(
  profile: keyof typeof exchangeInputs,
  platform: Platform,
  service: Target['service'],
  moved: (origin: string) => Variables,
): Target {
  return {
    title: `${platform === 'github' ? 'GitHub Actions' : 'Azure Pipelines'}: token exchange, ${profile}`,
    service,
    isTokenRequest: false,
    start: (emulator, { inputs, environment }) => {
      const usual = { ...exchangeInputs[profile](emulator, platform), disableRetry: 'false' };
      return exchangeStep({ emulator, platform }, { ...usual, ...inputs }, environment);
    },
    moved: (origin) => ({ inputs: moved(origin) }),
  };
}

function movedGitHub(origin: string, emulator: Emulator) {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '' } = emulator.startGitHubJob().environment;
  return { environment: { ACTIONS_ID_TOKEN_REQUEST_URL: url.replace(new URL(url).origin, origin) } };
}

function movedAzureDevOps(origin: string, emulator: Emulator) {
  const { environment } = emulator.startAzurePipelinesJob(pipelineJob);
  const names = Object.keys(environment).filter((name) =>
    (environment[name] ?? '').startsWith(emulator.urls.azureDevOps),
  );
  return {
    environment: Object.fromEntries(
      names.map((name) => [name, (environment[name] ?? '').replace(emulator.urls.azureDevOps, origin)]),
    ),
  };
}

export interface Cell {
  readonly fault: FaultCase;
  readonly target: Target;
  readonly mode: 'once' | 'always';
}

/** Every cell that says something: a world that is another one is so all the time, and a clock speaks in tokens. */
export const cells: readonly Cell[] = faultCases.flatMap((fault) =>
  targets
    .filter(({ isTokenRequest }) => isTokenRequest || !fault.world?.startsWith('clock'))
    .flatMap((target) =>
      (fault.once ? (['once', 'always'] as const) : (['always'] as const)).map((mode) => ({ fault, target, mode })),
    ),
);

/** Of those that do not end by themselves; for the others it is not to matter how busy the machine is. */
const seconds = { hangs: 4, usual: 120 };

const isHanging = ({ fault }: FaultCase) => fault !== undefined && ('dripMs' in fault || 'delayMs' in fault);

export interface Played {
  readonly outcome: string;
  readonly ms: number;
  readonly run: StepRun;
  readonly files: readonly string[];
}

/** Plays cells one after another, in worlds of its own. */
export class Stage implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly #untrusted: Emulator;

  private constructor(emulator: Emulator, untrusted: Emulator) {
    this.emulator = emulator;
    this.#untrusted = untrusted;
  }

  static async open(): Promise<Stage> {
    return new Stage(
      await startEmulator({ setup: sharedSetup }),
      await startEmulator({ setup: sharedSetup, tls: true }),
    );
  }

  async play({ fault, target, mode }: Cell): Promise<Played> {
    const { emulator } = this;
    const end =
      fault.fault &&
      emulator.inject({
        service: target.service,
        fault: fault.fault,
        times: mode === 'once' ? 1 : Number.POSITIVE_INFINITY,
      });
    const ahead = fault.world === 'clock ahead' ? 600 : fault.world === 'clock behind' ? -600 : 0;
    emulator.clock.advance(ahead);
    const origin = this.#origin(fault, target);
    const { inputs, environment } = origin
      ? { inputs: {}, environment: {}, ...target.moved(origin, emulator) }
      : { inputs: {}, environment: {} };
    const isGitHub = target.title.startsWith('GitHub');
    const bounds = {
      [isGitHub ? 'action-timeout-s' : 'actionTimeoutS']: String(isHanging(fault) ? seconds.hangs : seconds.usual),
      [isGitHub ? 'retry-max-attempts' : 'retryMaxAttempts']: '3',
    };
    const step = target.start(emulator, { inputs: { ...bounds, ...inputs }, environment });
    const begin = performance.now();
    const run = await step.run();
    const ms = performance.now() - begin;
    end?.();
    emulator.clock.advance(-ahead);
    const outcome = run.error === undefined ? 'ok' : (/\[([A-Z_]+)\]/.exec(run.error)?.[1] ?? 'no code');
    const files = step.files();
    await step.cleanUp();
    return { outcome, ms, run, files };
  }

  #origin({ world }: FaultCase, { service }: Target): string | undefined {
    if (world === 'refused') return nobody;
    // Reserved, so that nobody answers [RFC 6761].
    if (world === 'unknown host') return 'https://cloud.invalid';
    if (world === 'untrusted TLS') return this.#untrusted.urls[service];
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.emulator.close(), this.#untrusted.close()]);
  }
}

/** Outcomes by fault and target, Markdown, with counts. */
export function markdown(outcomes: ReadonlyMap<Cell, string>): string {
  const codes = (fault: FaultCase, mode: Cell['mode'], isTokenRequest: boolean) => {
    const found = [...outcomes]
      .filter(([cell]) => cell.fault === fault && cell.mode === mode && cell.target.isTokenRequest === isTokenRequest)
      .map(([, outcome]) => outcome);
    return (
      [...new Set(found)]
        .sort()
        .map((code) => (code === 'ok' ? 'ok' : `\`${code}\``))
        .join(', ') || '—'
    );
  };
  const rows = faultCases.map((fault) => {
    const shown = ([true, false] as const).flatMap((isToken) => [
      codes(fault, 'once', isToken),
      codes(fault, 'always', isToken),
    ]);
    const count = [...outcomes.keys()].filter((cell) => cell.fault === fault).length;
    return `| ${[fault.title, ...shown, String(count)].join(' | ')} |`;
  });
  const ok = [...outcomes.values()].filter((outcome) => outcome === 'ok').length;
  return [
    '| what goes wrong | ID token, once | ID token, always | exchange, once | exchange, always | cells |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `${outcomes.size} cells: ${ok} succeed, ${outcomes.size - ok} fail with their code; none shows a secret, none leaves a file.`,
  ].join('\n');
}
