import { FedbridgeError, inertJson } from '@fedbridge/core';
import { clouds } from '@fedbridge/entra';
import {
  type AnyFederatedCredential,
  credentialLimits,
  formatEntraTrust,
  grantsOfCredentials,
  readFederatedCredential,
  sentenceOf,
  whoIsGranted,
} from '@fedbridge/trust';
import { azQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import type { Application } from './azure-application.ts';
import type { PlanStep } from './plan.ts';

const { graph } = clouds.azurecloud.resources;
const most = credentialLimits.perIdentity;

/**
 * What has an application trust the jobs: nothing where it does, else one credential more, or another audience in the one that it has.
 *
 * @throws FedbridgeError `INPUT_INVALID` where no more are possible, or the name is taken; `UNAVAILABLE`
 */
export async function credentialStep(
  wanted: AnyFederatedCredential,
  application: Application | undefined,
  tool: SignedIn,
): Promise<PlanStep> {
  const isFlexible = wanted.claimsMatchingExpression !== undefined;
  const all = application ? await credentialsOf(application, isFlexible, tool) : [];
  const id = application?.clientId ?? '<client-id>';
  const known = all.find((one) => isAbout(one, wanted));
  const title = `federated credential ${known?.name ?? wanted.name}`;
  const notes = [`Allowed: ${allowedBy(wanted)}`, ...all.filter((one) => one !== known).map(otherwise)];
  if (known?.audiences.includes(wanted.audiences[0] ?? '')) return { title, state: 'exists', notes };
  const written = { ...wanted, name: known?.name ?? wanted.name };
  const document = inertJson(JSON.parse(formatEntraTrust(written, { application: id }, 'json')));
  if (known) {
    const before = `Its audience was ${known.audiences.join(', ')}, and will be ${written.audiences.join(', ')}.`;
    return {
      title: `${title}: its audience`,
      state: 'update',
      notes: [...notes, before],
      command: updated(written, id, document),
    };
  }
  if (all.length >= most) throw full(application, wanted);
  if (all.some(({ name }) => name === wanted.name))
    throw new FedbridgeError(
      'INPUT_INVALID',
      `The application has a federated credential ${wanted.name} already, which trusts others.`,
      { hint: 'Rename or remove that one, or name another application with --display-name.' },
    );
  const count = `With it the application has ${all.length + 1} of ${most}.`;
  return {
    title,
    state: 'create',
    notes: [...notes, count],
    notYet: /does not exist/,
    command: created(written, id, document),
  };
}

async function credentialsOf(
  { clientId }: Application,
  withExpressions: boolean,
  tool: SignedIn,
): Promise<readonly AnyFederatedCredential[]> {
  const question = withExpressions
    ? azQuestions.anyOfApplication(clientId, graph)
    : azQuestions.ofApplication(clientId);
  const answer = await tool.ask(question);
  const all = withExpressions ? answer.member('value') : answer;
  // One without a subject is a flexible one, of which version 1.0 of Graph tells no expression. It counts.
  return all
    .items()
    .map(
      (one) => readFederatedCredential(one.value) ?? { name: one.text('name'), issuer: '', subject: '', audiences: [] },
    );
}

/** Whether a credential is for the same tokens, but for their audience. */
function isAbout(one: AnyFederatedCredential, wanted: AnyFederatedCredential): boolean {
  const [own, other] = [one, wanted].map(
    ({ subject, claimsMatchingExpression: expression }) => expression?.value ?? subject,
  );
  return one.issuer === wanted.issuer && own === other;
}

type Command = NonNullable<PlanStep['command']>;

/** The command for credentials knows no expressions [Azure/azure-cli#32816], and Graph has them in its beta alone. */
function created({ claimsMatchingExpression }: AnyFederatedCredential, id: string, document: string): Command {
  if (claimsMatchingExpression) return rest('post', id, '', document);
  return ['az', 'ad', 'app', 'federated-credential', 'create', `--id=${id}`, `--parameters=${document}`];
}

function updated({ name, claimsMatchingExpression }: AnyFederatedCredential, id: string, document: string): Command {
  if (claimsMatchingExpression) return rest('patch', id, `(name='${name}')`, document);
  return [
    ...(['az', 'ad', 'app', 'federated-credential', 'update'] as const),
    ...[`--id=${id}`, `--federated-credential-id=${name}`, `--parameters=${document}`],
  ];
}

function rest(method: string, id: string, one: string, body: string): Command {
  const url = `${graph}/beta/applications(appId='${id}')/federatedIdentityCredentials${one}`;
  return ['az', 'rest', `--method=${method}`, `--url=${url}`, `--body=${body}`];
}

function full(application: Application | undefined, { issuer, subject }: AnyFederatedCredential): FedbridgeError {
  const flexible =
    subject === undefined
      ? ''
      : ' Or let one flexible credential take the place of several, as "fedbridge trust entra --any-ref" writes it for a repository, and remove those.';
  return new FedbridgeError(
    'INPUT_INVALID',
    `The application ${application?.displayName} has ${most} federated credentials, and Entra takes no more: none is left for ${subject ?? issuer}.`,
    { hint: `Name another application with --display-name.${flexible}` },
  );
}

/** No credential is about time, so that any moment is as good. */
const now = 0;

/** Of a credential that is left alone: its jobs get the roles as well. */
function otherwise(one: AnyFederatedCredential): string {
  const whom = one.claimsMatchingExpression?.value ?? one.subject;
  if (whom) return `Allowed already, by ${one.name}: ${whom} of ${one.issuer}`;
  return `Allowed already, by ${one.name}: an expression, which version 1.0 of Microsoft Graph does not show.`;
}

function allowedBy(credential: AnyFederatedCredential): string {
  if (credential.subject === '<subject>') return 'Jobs that use this service connection are allowed.';
  return sentenceOf(grantsOfCredentials([credential]).map((one) => whoIsGranted(one, [], now)));
}
