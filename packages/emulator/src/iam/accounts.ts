import type { State } from '../server/state.ts';
import type { AwsAccount, OidcProvider, Role } from '../sts/aws-account.ts';
import { providerArn } from '../sts/oidc-provider.ts';
import { roleArn } from '../sts/role-session.ts';

/** What was made or changed by a request, and what the set-up had then. */
interface Change<T> {
  readonly account: string;
  readonly made: T;
  /** As JSON; empty where the set-up had none. */
  readonly over: string;
}

/**
 * Accounts as they are now: as the set-up has them, with what was made and changed since. What the set-up itself says anew of an entity
 * comes before what was changed of it.
 */
export class Accounts {
  readonly #setup: readonly AwsAccount[];
  readonly #providers: Map<string, Change<OidcProvider>>;
  readonly #roles: Map<string, Change<Role>>;
  #now: readonly AwsAccount[];

  constructor(setup: readonly AwsAccount[], state: State) {
    this.#setup = setup;
    this.#providers = state.map('OIDC providers of IAM');
    this.#roles = state.map('roles of IAM');
    this.#now = this.#merged();
  }

  get all(): readonly AwsAccount[] {
    return this.#now;
  }

  putProvider(account: AwsAccount, made: OidcProvider): void {
    const arn = providerArn(account, made);
    const set = this.#set(account)?.oidcProviders.find((one) => providerArn(account, one) === arn);
    this.#providers.set(arn, { account: keyOf(account), made, over: textOf(set) });
    this.#now = this.#merged();
  }

  putRole(account: AwsAccount, made: Role): void {
    const arn = roleArn(account, made);
    const set = this.#set(account)?.roles.find((one) => roleArn(account, one) === arn);
    this.#roles.set(arn, { account: keyOf(account), made, over: textOf(set) });
    this.#now = this.#merged();
  }

  #set(account: AwsAccount): AwsAccount | undefined {
    return this.#setup.find((one) => keyOf(one) === keyOf(account));
  }

  #merged(): readonly AwsAccount[] {
    return this.#setup.map((account) => ({
      ...account,
      oidcProviders: merged(account, account.oidcProviders, this.#providers, (one) => providerArn(account, one)),
      roles: merged(account, account.roles, this.#roles, (one) => roleArn(account, one)),
    }));
  }
}

function merged<T>(
  account: AwsAccount,
  set: readonly T[],
  changes: ReadonlyMap<string, Change<T>>,
  arnOf: (one: T) => string,
): readonly T[] {
  const known = new Set(set.map(arnOf));
  const changed = set.map((one) => {
    const change = changes.get(arnOf(one));
    return change?.over === textOf(one) ? change.made : one;
  });
  const added = [...changes.values()].filter(
    ({ account: owner, made, over }) => owner === keyOf(account) && over === '' && !known.has(arnOf(made)),
  );
  return [...changed, ...added.map(({ made }) => made)];
}

const keyOf = ({ id, partition = 'aws' }: AwsAccount) => `${partition} ${id}`;
const textOf = (one: unknown) => (one === undefined ? '' : JSON.stringify(one));
