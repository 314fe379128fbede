import type { Variables } from './process.ts';
import { chain, ids, namedRoles, target } from './setup.ts';
import type { Platform, StepName, WayName } from './ways.ts';
import { ways } from './ways.ts';

export const guardNames = [
  'requireClaims',
  'allowedAccountIds',
  'inlineSessionPolicy',
  'managedSessionPolicies',
  'roleDurationSeconds',
  'audience',
] as const;
export type GuardName = (typeof guardNames)[number];

/** What a step is run with: a way in, and what the user asks to be checked. */
export interface Situation {
  readonly step: StepName;
  readonly way: WayName;
  readonly platform: Platform;
  /** Further inputs: named roles, a chain, exports. */
  readonly form: Variables;
  readonly keepFresh: boolean;
  /** Guards by name, each with its value. */
  readonly guards: Readonly<Partial<Record<GuardName, string>>>;
}

/** When it is known that something does not hold: before any request, with the ID token, or by what the cloud answers. */
type Phase = 'inputs' | 'ID token' | 'exchange';

export interface Guard {
  readonly steps: readonly StepName[];
  readonly holds: string;
  /** Values with which it does not hold. */
  readonly fails: readonly string[];
  /** What an error says of it. */
  readonly named: RegExp;
  /** Whether it guards anything in that situation. */
  isOne?(situation: Situation): boolean;
  /** When it is known that such a value does not hold there. */
  until(situation: Situation, value: string): Phase;
  /** Whether the way cannot satisfy it, whatever its value. */
  cannotHold(situation: Situation): boolean;
}

const aws = ['aws-credentials'] as const;
const blanks = [' ', '\t\n '];
const isExisting = ({ way }: Situation) => way === 'existing credentials';
const hasNoIdToken = ({ step, way }: Situation) => ways[way].shows[step] !== 'an ID token';
const inputs = () => 'inputs' as const;

export const guards: Readonly<Record<GuardName, Guard>> = {
  requireClaims: {
    steps: ['aws-credentials', 'entra-token', 'id-token', 'token-exchange'],
    holds: 'sub = *\nexp = *',
    fails: ['sub = nobody', 'missing = *', 'sub = *\niss = https://elsewhere.example.com', ...blanks],
    named: /claim "(sub|missing|iss)"|"requireClaims"/,
    until: (situation, value) => (value.trim() === '' || hasNoIdToken(situation) ? 'inputs' : 'ID token'),
    cannotHold: hasNoIdToken,
  },
  allowedAccountIds: {
    steps: aws,
    holds: `${ids.account}, ${ids.otherAccount}`,
    fails: ['111122223333', ',', '1', `${ids.account},`, `,${ids.account}`, ...blanks],
    named: /"allowedAccountIds"/,
    until: inputs,
    cannotHold: () => false,
  },
  inlineSessionPolicy: {
    steps: aws,
    holds: '{"Version":"2012-10-17","Statement":[]}',
    fails: ['Allow', '[]', ...blanks],
    named: /"inlineSessionPolicy"/,
    until: inputs,
    cannotHold: isExisting,
  },
  managedSessionPolicies: {
    steps: aws,
    holds: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    fails: ['ReadOnlyAccess', ...blanks],
    named: /"managedSessionPolicies"/,
    until: inputs,
    cannotHold: isExisting,
  },
  roleDurationSeconds: {
    steps: aws,
    holds: '900',
    // The last is more than the role gives.
    fails: ['1', '43201', ...blanks, '43200'],
    named: /roleDurationSeconds/,
    until: ({ way, form }, value) => {
      const isChained =
        way.startsWith('AWS credentials') || form.roleChain !== undefined || way === 'existing credentials';
      return value === '43200' && !isChained ? 'exchange' : 'inputs';
    },
    cannotHold: isExisting,
  },
  audience: {
    steps: ['aws-credentials', 'entra-token', 'id-token', 'token-exchange'],
    holds: 'api://AzureADTokenExchange',
    fails: ['api://somebody-else'],
    named: /ID token is not for api:\/\/somebody-else/,
    // Where the platform gives what it has. Elsewhere it is asked for, and guards nothing.
    isOne: ({ way }) => way.startsWith('azure-pipelines'),
    until: () => 'ID token',
    cannotHold: () => false,
  },
};

/** The forms that a step has. */
export function formsOf(step: StepName, way: WayName): readonly Variables[] {
  if (step === 'id-token') return [{}];
  if (step === 'token-exchange') return [{}, { scope: 'deploy' }, { resource: target, clientId: 'ci' }];
  if (step === 'entra-token') {
    return [
      {},
      { export: 'azure-sdk' },
      { export: 'terraform' },
      { export: 'azure-sdk\nterraform\nazure-devops' },
      { resource: 'arm\ngraph' },
    ];
  }
  const outputs = { outputCredentials: 'true' };
  const isOwn = way.startsWith('AWS credentials');
  const named = isOwn ? `entry = ${chain.first}` : `plan = ${namedRoles.plan}\naudit = ${namedRoles.Audit_2}`;
  const others = isOwn ? { roleChain: chain.second } : { roleChain: chain.first, roleExternalId: chain.externalId };
  return [outputs, { roles: named }, { awsProfile: 'ci', ...outputs }, { maskAwsAccountId: 'true' }, others];
}

export interface Expected {
  /** What errors may say; none where it is delivered. */
  readonly named: readonly RegExp[];
  /** When it is known at the latest. */
  readonly until: Phase | undefined;
  /** Whether the way itself delivers nothing there. */
  readonly isImpossible: boolean;
}

/** What the guards of a situation come to. */
export function expectedOf(situation: Situation): Expected {
  const { way, step, platform, keepFresh } = situation;
  const { shows, only } = ways[way];
  const isImpossible =
    shows[step] === 'nothing' ||
    (only !== undefined && only !== platform) ||
    // Nobody can renew them.
    (keepFresh && way === 'AWS credentials of the job');
  const broken = guardNames.flatMap((name): { named: RegExp; until: Phase }[] => {
    const guard = guards[name];
    const value = situation.guards[name];
    if (value === undefined || guard.isOne?.(situation) === false) return [];
    const { named } = guard;
    if (guard.fails.includes(value)) return [{ named, until: guard.until(situation, value) }];
    return guard.cannotHold(situation) ? [{ named, until: 'inputs' }] : [];
  });
  const phases: readonly Phase[] = ['inputs', 'ID token', 'exchange'];
  return {
    named: broken.map(({ named }) => named),
    until: phases.find((phase) => broken.some(({ until }) => until === phase)),
    isImpossible,
  };
}

/** All guards that a step has, alone with a value of each kind. */
export function guardsOf(situation: Pick<Situation, 'step' | 'way' | 'platform'>): readonly GuardName[] {
  const probe = { ...situation, form: {}, keepFresh: false, guards: {} };
  return guardNames.filter(
    (name) => guards[name].steps.includes(situation.step) && guards[name].isOne?.(probe) !== false,
  );
}
