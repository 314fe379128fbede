import { FedbridgeError, isGuid } from '@fedbridge/core';
import type { Answer } from '../../live/answer.ts';
import { azQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import type { PlanStep } from './plan.ts';

/** An application that is in the tenant. */
export interface Application {
  readonly clientId: string;
  readonly displayName: string;
  readonly signInAudience: string | null;
  /** The object id of its service principal, once it has one. */
  readonly principalId: string | undefined;
  /** By what somebody else may be it as well. */
  readonly keys: Keys;
  /** By name, those of its service principal too; undefined where whoever asks may not see them. */
  readonly owners: readonly string[] | undefined;
}

/** When each expires, as Microsoft Graph writes it; undefined where it never does. */
interface Keys {
  readonly secrets: readonly (string | undefined)[];
  readonly certificates: readonly (string | undefined)[];
}

/** By its client id where one is said, else by its name. */
export interface WantedApplication {
  readonly clientId?: string | undefined;
  readonly displayName: string;
}

/**
 * The application, where it is there. Names are not unique in a tenant: of two nobody knows which is meant.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `UNAVAILABLE`, `ANSWER_MALFORMED`
 */
export async function findApplication(
  { clientId, displayName }: WantedApplication,
  tool: SignedIn,
): Promise<Application | undefined> {
  const question =
    clientId === undefined ? azQuestions.applicationsCalled(displayName) : azQuestions.applicationsOf(clientId);
  const found = (await tool.ask(question)).items().map(registered);
  const [first, ...more] = found;
  if (more.length > 0)
    throw new FedbridgeError('INPUT_INVALID', `There are ${found.length} applications called "${displayName}".`, {
      hint: `Say which with --application: ${found.map((one) => one.clientId).join(', ')}. Or choose another name with --display-name.`,
    });
  if (first === undefined && clientId !== undefined)
    throw new FedbridgeError('INPUT_INVALID', `There is no application ${clientId} in this tenant.`, {
      hint: 'Name another by --application, or take that away to create one. A managed identity is no application.',
    });
  if (first === undefined) return undefined;
  const [principal] = (await tool.ask(azQuestions.principalsOf(first.clientId))).items();
  const principalId = principal?.text('id');
  const keys = [first.keys, ...(principal ? [keysIn(principal)] : [])];
  return {
    ...first,
    principalId,
    keys: {
      secrets: keys.flatMap(({ secrets }) => secrets),
      certificates: keys.flatMap(({ certificates }) => certificates),
    },
    owners: await ownersOf(first.clientId, principalId, tool),
  };
}

async function ownersOf(
  clientId: string,
  principalId: string | undefined,
  tool: SignedIn,
): Promise<readonly string[] | undefined> {
  const questions = [
    azQuestions.ownersOfApplication(clientId),
    ...(principalId === undefined ? [] : [azQuestions.ownersOfPrincipal(principalId)]),
  ];
  const all = new Set<string>();
  try {
    for (const question of questions)
      for (const one of (await tool.ask(question)).items())
        all.add(one.textIfAny('userPrincipalName') ?? one.textIfAny('displayName') ?? one.text('id'));
  } catch (error) {
    // Who may change an application need not be one who may read the directory.
    if (error instanceof FedbridgeError && error.code === 'UNAVAILABLE') return undefined;
    throw error;
  }
  return [...all];
}

const endsIn = (one: Answer, member: keyof Keys) => one.itemsIfAny(member).map((key) => key.textIfAny('end'));
const keysIn = (one: Answer): Keys => ({
  secrets: endsIn(one, 'secrets'),
  certificates: endsIn(one, 'certificates'),
});

const registered = (one: Answer) => ({
  clientId: one.text('appId'),
  displayName: one.text('displayName'),
  signInAudience: one.textIfAny('signInAudience') ?? null,
  keys: keysIn(one),
});

/** Said of an application that was created a moment ago. Sources: Azure/azure-cli, `create_service_principal_for_rbac`; #28009. */
const notYet = /does not reference|does not exist|must in the local tenant/;

/** What registers an application for this tenant alone, and gives it a service principal: `<client-id>` and `<principal-id>` from then on. */
export function applicationSteps(
  application: Application | undefined,
  displayName: string,
  now: number,
): readonly PlanStep[] {
  const id = application?.clientId ?? '<client-id>';
  const register: PlanStep = application
    ? {
        title: `application ${application.displayName}, ${id}`,
        state: 'exists',
        notes: othersWho(application, now),
      }
    : {
        title: `application ${displayName}`,
        state: 'create',
        command: ['az', 'ad', 'app', 'create', `--display-name=${displayName}`, '--sign-in-audience=AzureADMyOrg'],
        gives: { 'client-id': (answer) => guidIn(answer, 'appId') },
      };
  const principal: PlanStep =
    application?.principalId === undefined
      ? {
          title: 'service principal of the application',
          state: 'create',
          command: ['az', 'ad', 'sp', 'create', `--id=${id}`],
          notYet,
          gives: { 'principal-id': (answer) => guidIn(answer, 'id') },
        }
      : { title: `service principal of the application, ${application.principalId}`, state: 'exists' };
  return [register, principal];
}

/** Who else is the application, or may make themselves so: the roles that it gets are theirs as well. */
function othersWho({ signInAudience, keys, owners }: Application, now: number): readonly string[] {
  const isWide = signInAudience !== null && signInAudience !== 'AzureADMyOrg';
  return [
    ...(isWide ? [`It is registered for other tenants too: ${signInAudience}.`] : []),
    ...heldBy('client secret', keys.secrets, now),
    ...heldBy('certificate', keys.certificates, now),
    ...(owners === undefined ? ['Its owners are not known: they are not shown to who is signed in.'] : []),
    ...(owners?.length
      ? [`Its owners may give themselves a secret or a federated credential: ${owners.join(', ')}.`]
      : []),
  ];
}

function heldBy(what: string, ends: Keys['secrets'], now: number): readonly string[] {
  if (ends.length === 0) return [];
  const dates = [...ends].sort().map((end) => shownEnd(end, now));
  const [who, many] =
    ends.length === 1 ? ['Whoever has its', what] : ['Whoever has one of its', `${ends.length} ${what}s`];
  return [`${who} ${many} is the application as well: ${dates.join(', ')}.`];
}

/** What is no date as Microsoft Graph writes them is not known to be over. */
function shownEnd(end: string | undefined, now: number): string {
  if (end === undefined) return 'without an end';
  const [, date] = /^(\d{4}-\d\d-\d\d)T[\d:.]+Z$/.exec(end) ?? [];
  if (date === undefined) return `until ${end}`;
  return `${Date.parse(end) / 1000 <= now ? 'expired' : 'until'} ${date}`;
}

/** @returns undefined for what is none: it goes into command lines */
function guidIn(answer: Answer, member: 'appId' | 'id'): string | undefined {
  const value = answer.text(member);
  return isGuid(value) ? value : undefined;
}
