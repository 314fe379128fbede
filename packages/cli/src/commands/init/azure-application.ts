import { FedbridgeError } from '@fedbridge/core';
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
}

/** By its client id where one is said, else by its name. */
export interface WantedApplication {
  readonly clientId?: string | undefined;
  readonly displayName: string;
}

/**
 * The application, where it is there. Names are not unique in a tenant: of two nobody knows which is meant.
 *
 * @throws FedbridgeError `INPUT_INVALID`, `UNAVAILABLE`
 */
export async function findApplication(
  { clientId, displayName }: WantedApplication,
  tool: SignedIn,
): Promise<Application | undefined> {
  const question =
    clientId === undefined ? azQuestions.applicationsCalled(displayName) : azQuestions.applicationsOf(clientId);
  const found = JSON.parse(await tool.ask(question)) as readonly {
    readonly appId: string;
    readonly displayName: string;
    readonly signInAudience?: string | null;
  }[];
  const [first, ...more] = found;
  if (more.length > 0)
    throw new FedbridgeError('INPUT_INVALID', `There are ${found.length} applications called "${displayName}".`, {
      hint: `Say which with --application: ${found.map(({ appId }) => appId).join(', ')}. Or choose another name with --display-name.`,
    });
  if (first === undefined && clientId !== undefined)
    throw new FedbridgeError('INPUT_INVALID', `There is no application ${clientId} in this tenant.`, {
      hint: 'Take --application away to create one. A managed identity is no application.',
    });
  if (first === undefined) return undefined;
  const principals = JSON.parse(await tool.ask(azQuestions.principalsOf(first.appId))) as readonly { id: string }[];
  return {
    clientId: first.appId,
    displayName: first.displayName,
    signInAudience: first.signInAudience ?? null,
    principalId: principals[0]?.id,
  };
}

/** Said of an application that was created a moment ago. Sources: Azure/azure-cli, `create_service_principal_for_rbac`; #28009. */
const notYet = /does not reference|does not exist|must in the local tenant/;

/** What registers an application for this tenant alone, and gives it a service principal: `<client-id>` and `<principal-id>` from then on. */
export function applicationSteps(application: Application | undefined, displayName: string): readonly PlanStep[] {
  const id = application?.clientId ?? '<client-id>';
  const isWide = application && application.signInAudience !== null && application.signInAudience !== 'AzureADMyOrg';
  const registered: PlanStep = application
    ? {
        title: `application ${application.displayName}, ${id}`,
        state: 'exists',
        ...(isWide ? { notes: [`It is registered for other tenants too: ${application.signInAudience}.`] } : {}),
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
  return [registered, principal];
}

/** @returns undefined for what is none: it goes into command lines */
function guidIn(answer: unknown, member: 'appId' | 'id'): string | undefined {
  const value = (answer as Readonly<Record<string, unknown>> | null)?.[member];
  return typeof value === 'string' && /^[\da-f-]{36}$/i.test(value) ? value : undefined;
}
