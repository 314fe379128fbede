import type { AwsAccount } from '../sts/aws-account.ts';
import { StsProblem } from '../sts/sts-problem.ts';
import type { Accounts } from './accounts.ts';

/** A request that was signed. */
export interface IamRequest {
  readonly form: URLSearchParams;
  /** The caller's, as it is now. */
  readonly account: AwsAccount;
  /** Where changes go. */
  readonly accounts: Accounts;
  /** GitHub's issuer in this emulator. */
  readonly gitHub: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number;
}

/** A list, whose members are numbered from 1. */
export function membersOf(form: URLSearchParams, name: string): readonly string[] {
  const members: string[] = [];
  for (let at = 1; form.has(`${name}.member.${at}`); at += 1) members.push(form.get(`${name}.member.${at}`) ?? '');
  return members;
}

/** What this IAM knows of an action; it takes no request whose other parameters it would leave out. @throws StsProblem */
export function checkParameters(form: URLSearchParams, known: readonly string[]): void {
  const other = [...form.keys()].find((key) => !['Action', 'Version', ...known].includes(key.split('.')[0] ?? ''));
  if (other === undefined) return;
  throw new StsProblem('NotImplemented', `This emulator's IAM does not know the parameter ${other}.`, 501);
}

/** @throws StsProblem */
export function checkLength(member: string, value: string, most: number): void {
  if (value.length <= most) return;
  throw new StsProblem(
    'ValidationError',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );
}

/** As IAM writes times, in ISO 8601. @param seconds - since 1970-01-01 UTC */
export const timeOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '');
