import { FedbridgeError } from '@fedbridge/core';
import type { TextFile } from '@fedbridge/trust-files';
import type { Cli } from '../command-line.ts';
import { awsQuestions, azQuestions, type Question } from './questions.ts';
import { SignedIn } from './signed-in-tool.ts';

/** What an account tells of itself through `aws`. */
export interface AwsAccess {
  /** Names of profiles of the AWS CLI, each an account; undefined for the one that it takes by itself. */
  readonly profiles: readonly (string | undefined)[];
  readonly region: string | undefined;
  /** Whether the accounts of the organization are asked for. */
  readonly withOrganization: boolean;
}

/** What a tenant tells of itself through `az`. */
export interface AzureAccess {
  /** Undefined for the one that az takes by itself. */
  readonly subscriptions: readonly (string | undefined)[];
}

/**
 * What `aws` prints of each account. Nothing is written, and what is asked for is reported beforehand.
 *
 * @throws FedbridgeError `UNAVAILABLE`
 */
export async function* awsExports(
  { profiles, region, withOrganization }: AwsAccess,
  cli: Cli,
): AsyncGenerator<TextFile> {
  for (const profile of profiles) {
    const aws = new Asking(cli, [...option('profile', profile), ...option('region', region)]);
    yield (await aws.optional(awsQuestions.details, 'What policies allow is not known.')) ??
      (await aws.needed(awsQuestions.roles));
    const providers = await aws.optional(awsQuestions.providers, 'Which OIDC providers are there is not known.');
    if (providers) yield providers;
    for (const arn of arnsIn(providers)) {
      const provider = await aws.optional(awsQuestions.provider(arn), 'Which audiences it takes is not known.');
      if (provider) yield provider;
    }
    if (withOrganization) yield await aws.needed(awsQuestions.accounts);
  }
}

/**
 * What `az` prints of a tenant's applications and the managed identities of its subscriptions, each with its federated credentials.
 *
 * @throws FedbridgeError `UNAVAILABLE`
 */
export async function* azureExports({ subscriptions }: AzureAccess, cli: Cli): AsyncGenerator<TextFile> {
  // The tenant is the one that az is signed in to: "az ad" knows no --subscription.
  const tenant = new Asking(cli, []);
  const applications = await tenant.list(azQuestions.applications);
  yield* tenant.each(applications, ({ id }) => isId(id) && azQuestions.ofApplication(id));
  for (const subscription of subscriptions) {
    const az = new Asking(cli, option('subscription', subscription));
    const identities = await az.list(azQuestions.identities);
    yield* az.each(identities, ({ name, resourceGroup }) => {
      return isName(name) && isName(resourceGroup) && azQuestions.ofIdentity(name, resourceGroup);
    });
  }
}

const option = (name: string, value: string | undefined) => (value === undefined ? [] : [`--${name}=${value}`]);

type Item = Readonly<Record<string, unknown>>;

/** As many at once as a busy service takes. */
const atOnce = 4;

class Asking {
  readonly #cli: Cli;
  readonly #tool: SignedIn;

  constructor(cli: Cli, as: readonly string[]) {
    this.#cli = cli;
    this.#tool = new SignedIn(cli, as);
  }

  async needed(question: Question): Promise<TextFile> {
    const name = this.#tool.shown(question);
    this.#cli.terminal.log(`Asking ${name}`);
    return fileOf(name, await this.#tool.askText(question));
  }

  /** @param without - what is not known where there is no answer */
  async optional(question: Question, without: string): Promise<TextFile | undefined> {
    try {
      return await this.needed(question);
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      this.#cli.terminal.log(`${error.message} ${error.detail.answer} ${without}`);
      return undefined;
    }
  }

  async list(question: Question): Promise<readonly Item[]> {
    this.#cli.terminal.log(`Asking ${this.#tool.shown(question)}`);
    return this.#itemsOf(question);
  }

  /**
   * Each item with its federated credentials, those without any left out.
   *
   * @param questionOf - false for an item of whose form none is
   * @throws FedbridgeError `UNAVAILABLE`, `ANSWER_MALFORMED`
   */
  async *each(items: readonly Item[], questionOf: (item: Item) => Question | false): AsyncGenerator<TextFile> {
    const asked = items.map((item) => {
      const question = questionOf(item);
      if (question) return { item, question };
      throw new FedbridgeError('UNAVAILABLE', `The name of ${JSON.stringify(item)} is of no known form.`);
    });
    const [first] = asked;
    if (first) this.#cli.terminal.log(`Asking ${this.#tool.shown(first.question)}, and so for each of ${asked.length}`);
    for (let at = 0; at < asked.length; at += atOnce) {
      this.#cli.terminal.progress(`${at} of ${asked.length} asked`);
      const answers = asked.slice(at, at + atOnce).map(async ({ item, question }) => {
        const credentials = await this.#itemsOf(question);
        const whole = { ...item, federatedIdentityCredentials: credentials };
        return credentials.length > 0 ? [fileOf(this.#tool.shown(question), JSON.stringify(whole, null, 2))] : [];
      });
      yield* (await Promise.all(answers)).flat();
    }
  }

  async #itemsOf(question: Question): Promise<readonly Item[]> {
    return (await this.#tool.ask(question)).items().map((one) => one.object());
  }
}

/** As one of a folder: it may have nothing in it. */
const fileOf = (name: string, text: string): TextFile => ({ name, text, isOfFolder: true });

function arnsIn(providers: TextFile | undefined): readonly string[] {
  const { OpenIDConnectProviderList: list } = JSON.parse(providers?.text ?? '{}') as {
    OpenIDConnectProviderList?: unknown;
  };
  const all = Array.isArray(list) ? list.map((one: unknown) => (one as { Arn?: unknown } | null)?.Arn) : [];
  return all.filter(
    (one): one is string => typeof one === 'string' && /^arn:[\w-]+:iam::\d{12}:oidc-provider\/\S+$/.test(one),
  );
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[\da-f-]{36}$/i.test(value);
/** Of an identity or a resource group: letters, digits and marks, and nothing that a tool takes for something else at its begin. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\p{L}\p{N}_(][\p{L}\p{N}_.()-]*$/u.test(value);
