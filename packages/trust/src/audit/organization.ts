import { type Members, membersOf, type Source, textOf } from '../read/trust-document.ts';
import { type Mine, parseMine } from '../who/mine.ts';

/**
 * Who is ours by what `aws organizations list-accounts` prints: the accounts, and the organization itself.
 * Source: AWS Organizations API Reference, ListAccounts.
 */
export function oursIn(sources: readonly Source[]): readonly Mine[] {
  const accounts = sources.flatMap(accountsIn);
  const organizations = accounts.flatMap(
    ({ Arn: arn }) => /^arn:[\w-]+:organizations::\d{12}:account\/(o-[a-z\d]+)\/\d{12}$/.exec(textOf(arn))?.[1] ?? [],
  );
  return [
    ...new Set([
      ...accounts.map(({ Id: id }) => `account:${textOf(id)}`),
      ...organizations.map((one) => `aws-organization:${one}`),
    ]),
  ].flatMap((text) => parseMine(text) ?? []);
}

/** Whether accounts of an organization are told: such a file has no document of its own. */
export const hasAccounts = (source: Source) => accountsIn(source).length > 0;

function accountsIn({ value }: Source): readonly Members[] {
  const { Accounts: accounts } = membersOf(value) ?? {};
  const all = Array.isArray(accounts) ? accounts.map(membersOf) : [];
  return all.filter((one) => one !== undefined && 'Id' in one && 'JoinedMethod' in one) as readonly Members[];
}
