import { kebabCase } from '@fedbridge/core';
import type { Emulator } from '@fedbridge/emulator';
import { azurePipelinesStep } from '../harness/azure-pipelines-step.ts';
import { gitHubStep } from '../harness/github-step.ts';
import type { Step } from '../harness/job.ts';
import { input, type Journey, mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { ids, namedRoles, pipelineJob } from '../harness/setup.ts';
import { exchangeInputs } from '../harness/token-exchange.ts';

export const platforms = ['GitHub Actions', 'Azure Pipelines'] as const;
export type Platform = (typeof platforms)[number];

/** One way in which a step hands over what it has acquired. */
export interface Delivery {
  readonly step: 'ID token' | 'AWS' | 'Entra' | 'token exchange';
  readonly title: string;
  /** Names as on GitHub. */
  readonly inputs: Variables;
  /** Of the token exchange. */
  readonly profile?: keyof typeof exchangeInputs;
  /** The platform that has it, where the other has not. */
  readonly only?: Platform;
  /** Whether something outlives the step beside its outputs: variables, files, a server, a login. */
  readonly leaves: boolean;
  /** Whether something is written among the user's own files. */
  readonly inHome?: true;
  /** Whether another delivery of the step leaves all kinds of things that this one leaves: kept fresh, it leaves a server beside them. */
  readonly isPart?: boolean;
}

/** The name of roles that are named. */
const roles = Object.entries(namedRoles)
  .map(([name, arn]) => `${name} = ${arn}`)
  .join('\n');

const aws: readonly Delivery[] = [
  { step: 'AWS', title: 'environment', inputs: {}, leaves: true },
  { step: 'AWS', title: 'roles', inputs: { roles }, leaves: true },
  { step: 'AWS', title: 'aws-profile', inputs: { 'aws-profile': 'ci' }, leaves: true, inHome: true },
];

const entra: readonly Delivery[] = [
  { step: 'Entra', title: 'outputs', inputs: {}, leaves: false },
  ...['azure-sdk', 'terraform', 'azure-devops', 'azure-cli', 'azure-powershell'].map(
    (name): Delivery => ({
      step: 'Entra',
      title: name,
      inputs: { export: name },
      leaves: true,
      // Variables and files, as the first.
      isPart: ['terraform', 'azure-devops'].includes(name),
    }),
  ),
];

/** Google's credential file, and Vault's variables; what has no part of its own gives outputs alone. */
const google: Delivery = { step: 'token exchange', title: 'google', profile: 'google', inputs: {}, leaves: true };
const exchanges: readonly Delivery[] = [
  { step: 'token exchange', title: 'rfc8693', profile: 'rfc8693', inputs: {}, leaves: false },
  { ...google, isPart: true },
  fresh(google),
  fresh({ ...google, title: 'vault', profile: 'vault', inputs: { 'export-token': 'true' } }),
];

/** Every delivery of every step, kept fresh and not. */
export const deliveries: readonly Delivery[] = [
  { step: 'ID token', title: 'outputs', inputs: {}, leaves: false },
  ...[...aws, ...entra].flatMap((one): Delivery[] => [{ ...one, isPart: true }, fresh(one)]),
  fresh({
    step: 'Entra',
    title: 'github-id-token',
    inputs: { export: 'github-id-token' },
    only: 'Azure Pipelines',
    leaves: true,
  }),
  ...exchanges,
];

function fresh(delivery: Delivery): Delivery {
  const title = `${delivery.title}, keep-fresh`;
  return { ...delivery, title, inputs: { ...delivery.inputs, 'keep-fresh': 'true' }, leaves: true };
}

export interface Machine {
  readonly home: string;
  readonly user: number | undefined;
  readonly environment: Variables;
  /** What runs the bundles in the place of Node. */
  readonly node?: string;
}

/** A step of a new job that delivers so. */
export function startDelivery(
  { step, inputs, profile }: Delivery,
  platform: Platform,
  emulator: Emulator,
  { environment, home, user, node = process.execPath }: Machine,
): Step {
  const isGitHub = platform === 'GitHub Actions';
  const shared = { home, node, ...(user === undefined ? {} : { user }) };
  if (step === 'ID token') {
    const job = isGitHub ? emulator.startGitHubJob() : emulator.startAzurePipelinesJob(pipelineJob);
    const options = { inputs: {}, environment: { ...job.environment, ...environment }, ...shared };
    return isGitHub
      ? gitHubStep({ name: 'id-token', ...options })
      : azurePipelinesStep({ name: 'FedbridgeIdToken', ...options });
  }
  if (profile) {
    const name = isGitHub ? 'github' : 'azure-pipelines';
    const job = isGitHub ? emulator.startGitHubJob() : emulator.startAzurePipelinesJob(pipelineJob);
    const given = { ...exchangeInputs[profile](emulator, name), ...inputs };
    const written = Object.entries(given).map(([one, value]) => [isGitHub ? kebabCase(one) : camelCase(one), value]);
    const options = {
      inputs: Object.fromEntries(written),
      environment: { ...job.environment, ...environment },
      ...shared,
    };
    return isGitHub
      ? gitHubStep({ name: 'token-exchange', ...options })
      : azurePipelinesStep({ name: 'FedbridgeTokenExchange', ...options });
  }
  const journey = mainJourneys.find((one) => one.platform === platform && one.cloud === step) as Journey;
  const wanted = { ...(step === 'Entra' ? { 'subscription-id': ids.subscription } : {}), ...inputs };
  const named = Object.entries(wanted).map(([name, value]) => input(journey, name, value));
  return journey.start(emulator, { inputs: Object.assign({}, ...named), environment, ...shared });
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
