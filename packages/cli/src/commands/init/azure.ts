import { FedbridgeError, shellWord } from '@fedbridge/core';
import { cloudOf, clouds, parseSubscriptionId } from '@fedbridge/entra';
import { platforms } from '@fedbridge/platforms';
import {
  type AnyFederatedCredential,
  entraTrust,
  flexibleTrust,
  type JobStep,
  namedJob,
  needsExpression,
  type TrustedJob,
} from '@fedbridge/trust';
import { Option } from 'commander';
import type { Answer } from '../../live/answer.ts';
import { azQuestions } from '../../live/questions.ts';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import { needed, usage } from '../trust/usage.ts';
import { type Application, applicationSteps, findApplication } from './azure-application.ts';
import {
  type Asked,
  connectionStep,
  credentialNameOf,
  findConnection,
  jobOfConnection,
  type WantedConnection,
  wantedConnection,
} from './azure-connection.ts';
import { credentialStep } from './azure-credential.ts';
import { connectionName, displayName, guid, roleAssignment } from './azure-names.ts';
import { checkRoles, roleSteps } from './azure-roles.ts';
import { azureTerraform } from './azure-terraform.ts';
import type { CloudSetUp, CloudTarget } from './cloud.ts';
import { namedAudience } from './job-file.ts';
import { jobFileOf, jobNeeds, type Need } from './need.ts';
import type { InitOptions, WantedRole } from './options.ts';
import type { Plan } from './plan.ts';

/** Azure: an application with a federated credential for the jobs and no others, and the roles that were asked for. */
export const azure: CloudSetUp = {
  title: 'Azure',
  options: [
    new Option('--tenant-id <guid>', 'with --cloud azure: the tenant').argParser(guid('a tenant')),
    new Option('--subscription-id <guid>', 'with --cloud azure: the subscription').argParser(guid('a subscription')),
    new Option(
      '--display-name <name>',
      'with --cloud azure: the name of the application; that of the repository or project without',
    ).argParser(displayName),
    new Option('--application <client id>', 'with --cloud azure: an application that is there').argParser(
      guid('the client id of an application'),
    ),
    new Option(
      '--role-assignment <role@scope>',
      'with --cloud azure: what the application may do, Reader@/subscriptions/<id>/resourceGroups/<name>; may be repeated. Without one it may do nothing',
    ).argParser(roleAssignment),
    new Option(
      '--service-connection <name>',
      'with --cloud azure: of an Azure Pipelines project, which is made where it is not there',
    ).argParser(connectionName),
  ],
  needs(options) {
    const own = [
      { option: 'tenantId', question: 'Which tenant ("az account show --query tenantId")?' },
      { option: 'subscriptionId', question: 'Which subscription ("az account show --query id")?' },
    ] as const;
    return [...jobsOf(options), ...own.filter(({ option }) => options[option] === undefined)];
  },
  target: (options) => new AzureTarget(options),
};

/** Where a job can speak for a service connection, Entra trusts none without. */
function jobsOf(options: InitOptions): readonly Need[] {
  const { connection, serviceConnection } = options;
  const jobFile = jobFileOf(options);
  const isOfConnections = platforms.some(
    ({ name, hasServiceConnections }) => name === jobFile?.platform && hasServiceConnections,
  );
  const isKnownOtherwise = connection !== undefined && serviceConnection === undefined;
  if (!jobFile || !isOfConnections || isKnownOtherwise) return jobNeeds(options);
  const own: readonly Need[] = [
    ...jobFile.questions(options).filter(({ option }) => option === jobFile.kind),
    { option: 'serviceConnection', question: 'Which service connection, one that is there or a new one?' },
  ];
  return own.filter(({ option }) => options[option] === undefined);
}

/** Source: Azure CLI reference, az account show. */
interface Account {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly environmentName: string;
  /** Who is signed in; undefined where nobody says. */
  readonly user: string | undefined;
}

function accountIn(answer: Answer): Account {
  const user = answer.member('user');
  return {
    ...{ id: answer.text('id'), name: answer.text('name'), tenantId: answer.text('tenantId') },
    environmentName: answer.text('environmentName'),
    user: user.value ? user.textIfAny('name') : undefined,
  };
}

class AzureTarget implements CloudTarget {
  readonly job: TrustedJob | undefined;
  readonly as: readonly string[] = [];
  readonly #options: InitOptions;
  readonly #tenantId: string;
  readonly #subscriptionId: string;
  readonly #displayName: string;
  readonly #connection: WantedConnection | undefined;
  readonly #roles: readonly WantedRole[];
  #clientId: string | undefined;

  constructor(options: InitOptions) {
    const { tenantId = needed('--tenant-id'), roleAssignment: roles = [], application } = options;
    this.#options = options;
    this.#tenantId = tenantId;
    this.#subscriptionId = parseSubscriptionId(options.subscriptionId ?? needed('--subscription-id'));
    this.#roles = roles;
    checkRoles(roles, this.#subscriptionId);
    if (application !== undefined && options.displayName !== undefined)
      throw usage('--display-name does not go with --application.');
    this.#clientId = application;
    this.#connection = wantedConnection(options);
    const target = { cloud: 'entra', audience: clouds.azurecloud.audience } as const;
    if (!this.#connection) this.job = namedJob(jobFileOf(options)?.kind ?? needed('--platform'), options, target);
    this.#displayName = options.displayName ?? nameOf(options);
  }

  async plan(tool: SignedIn, now: number): Promise<Plan> {
    const account = await this.#account(tool);
    const connection = this.#connection && (await findConnection(this.#connection, this.#asked, tool));
    const clientId = this.#clientId ?? connection?.clientId;
    const application = await findApplication({ clientId, displayName: this.#displayName }, tool);
    this.#clientId = application?.clientId;
    if (connection) this.#checkName(application);
    const owner = {
      ...{ tenantId: this.#tenantId, subscriptionId: this.#subscriptionId, subscriptionName: account.name },
      clientId: application?.clientId,
    };
    const job = this.job ?? jobOfConnection(connection);
    const [registered, principal] = applicationSteps(application, this.#displayName, now);
    const roles = await roleSteps(
      this.#roles,
      { principalId: application?.principalId, subscription: this.#subscriptionId },
      tool,
    );
    if (application && clientId === undefined && roles.some(({ state }) => state === 'create'))
      throw new FedbridgeError(
        'INPUT_INVALID',
        `The application "${application.displayName}" was found by its name, which others in the tenant may have given it: it gets no role by that.`,
        { hint: `See whose it is, then name it: --application ${application.clientId}` },
      );
    const idle = 'It may do nothing in the subscription yet: --role-assignment gives it a role.';
    return {
      about: [
        [
          'For',
          job.subject === '<subject>'
            ? `the service connection ${this.#connection?.name}`
            : `${job.subject} of ${job.issuer}`,
        ],
        ['At', `Azure, tenant ${this.#tenantId}, subscription ${account.name} (${this.#subscriptionId})`],
        ['By', account.user ?? 'somebody whose name az does not say'],
      ],
      steps: [
        ...(registered ? [registered] : []),
        ...(principal ? [roles.length === 0 ? { ...principal, notes: [idle] } : principal] : []),
        ...(this.#connection ? [await connectionStep(this.#connection, connection, owner, tool)] : []),
        await credentialStep(this.#credential(job), application, tool),
        ...roles,
      ],
    };
  }

  terraform(): string {
    return azureTerraform({
      ...{ tenantId: this.#tenantId, subscriptionId: this.#subscriptionId, roles: this.#roles },
      ...{ displayName: this.#displayName, application: this.#options.application, connection: this.#connection },
      credential: this.#credential(this.job ?? jobOfConnection(undefined)),
    });
  }

  get jobStep(): JobStep {
    const clientId = this.#clientId ?? '<client-id>';
    const ids = { clientId, tenantId: this.#tenantId, subscriptionId: this.#subscriptionId };
    const connection = this.#connection?.name ?? this.#options.connection;
    const named = namedAudience(this.#options);
    const words = ['--client-id', clientId, '--tenant-id', this.#tenantId, ...named.words.map(shellWord)];
    return {
      action: 'OWNER/fedbridge/actions/entra-token@0000000000000000000000000000000000000000 # v1.0.0',
      task: 'FedbridgeEntraToken@1',
      inputs: { ...(connection === undefined ? ids : {}), ...named.inputs, export: 'azure-cli' },
      ...(connection === undefined ? {} : { taskInputs: { azureSubscription: connection } }),
      script: 'az account show --query name --output tsv',
      byCommand: {
        idToken: 'AZURE_ID_TOKEN',
        audience: this.job?.audience ?? clouds.azurecloud.audience,
        script: [`token=$(npx --yes fedbridge@1 token ${words.join(' ')})`],
      },
    };
  }

  #credential(job: TrustedJob): AnyFederatedCredential {
    if (this.#connection) return entraTrust(job, credentialNameOf(this.#connection));
    return needsExpression(job) ? flexibleTrust(job) : entraTrust(job);
  }

  /** Who is signed in, and that it is where it is to be. @throws FedbridgeError `INPUT_INVALID`, `UNAVAILABLE` */
  async #account(tool: SignedIn): Promise<Account> {
    const signedIn = accountIn(await tool.ask(azQuestions.account()));
    const { tenantId, environmentName } = signedIn;
    const bad = (message: string, hint: string) => new FedbridgeError('INPUT_INVALID', message, { hint });
    if (environmentName !== clouds.azurecloud.title)
      throw bad(
        `"az" is set to the cloud ${environmentName}: init sets up the public one alone.`,
        otherCloud(environmentName),
      );
    // "az ad" asks the tenant of the subscription that is the default.
    if (tenantId.toLowerCase() !== this.#tenantId)
      throw bad(
        `"az" is signed in to the tenant ${tenantId}, not ${this.#tenantId}.`,
        `Sign in with "az login --tenant ${this.#tenantId}".`,
      );
    if (signedIn.id.toLowerCase() === this.#subscriptionId) return signedIn;
    const other = accountIn(await tool.ask(azQuestions.account(this.#subscriptionId)));
    if (other.tenantId.toLowerCase() === this.#tenantId) return { ...other, user: signedIn.user };
    throw bad(`The subscription ${other.id} is of the tenant ${other.tenantId}.`, 'Name that with --tenant-id.');
  }

  /** What a service connection that is there must be of. */
  get #asked(): Asked {
    return {
      ...{ tenantId: this.#tenantId, subscriptionId: this.#subscriptionId, application: this.#options.application },
      environment: clouds.azurecloud.title,
    };
  }

  /** A connection has its application by its client id. @throws FedbridgeError `INPUT_INVALID` for one of another name than is asked for */
  #checkName(application: Application | undefined): void {
    const { displayName } = this.#options;
    if (displayName === undefined || application?.displayName === displayName) return;
    throw new FedbridgeError(
      'INPUT_INVALID',
      `The service connection ${this.#connection?.name} is of the application "${application?.displayName}", not "${displayName}".`,
      { hint: 'Take --display-name away, or name another connection.' },
    );
  }
}

/** What to do where `az` is set to it. */
function otherCloud(title: string): string {
  const cloud = cloudOf(title);
  if (!cloud) return 'Set it to that with "az cloud set --name AzureCloud".';
  return `"fedbridge trust entra --cloud ${cloud} --format az" writes the command that makes the credential there.`;
}

/** Whose jobs they are, so that nobody takes it for another team's. */
function nameOf(options: InitOptions): string {
  const { kind } = jobFileOf(options) ?? {};
  const named = (kind && options[kind]) ?? '';
  const path = named.replace(/^(?:https?:\/\/[^/]+\/)?/, '').replace(/\.git$/, '');
  try {
    return displayName(path);
  } catch {
    throw usage(`"${path}" cannot be the name of an application: give it one with --display-name.`);
  }
}
