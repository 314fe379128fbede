import type { JsonPath } from '../json.ts';
import type { TrustDocument, Unresolved } from './trust-document.ts';
import { withTexts } from './with-texts.ts';

/** Stands for the account of a role where a template names it by what only a deployment knows: AWS gives no account this number. */
export const ownAccount = '000000000000';

/** Whether a document names the account of its own role by what only a deployment knows. */
export const namesOwnAccount = ({ unresolved }: Pick<TrustDocument, 'unresolved'>) =>
  unresolved.some(({ isOwnAccount }) => isOwnAccount);

/**
 * A text with `ownAccount` in it, and no more that is hidden: it says whom it is about, or for whom a service acts. Undefined for any other.
 * Of Terraform it is the caller's account by the name that all examples have for that of the default provider. Sources: CloudFormation
 * Template Reference, "Pseudo parameters"; Terraform's AWS provider, data source aws_caller_identity.
 *
 * @param path - from the policy
 */
export function ofOwnAccount(text: string, path: JsonPath): string | undefined {
  const [, member, kind, key] = path.filter((step) => typeof step !== 'number');
  const saysWhose =
    member === 'Condition' ? /^aws:(principal|source)(account|arn)$/i.test(String(key)) : kind === 'AWS';
  const told = text.replace(partition, '$1aws:').replace(account, `$1${ownAccount}`);
  return saysWhose && told !== text && !told.includes('⟨') ? told : undefined;
}

/** A policy with `ownAccount` in the place of what names it. */
export function withOwnAccount(policy: object, unresolved: readonly Unresolved[]): object {
  if (!namesOwnAccount({ unresolved })) return policy;
  return withTexts(policy, (text, path) => ofOwnAccount(text, path) ?? text) as object;
}

const partition = /^(arn:)⟨(AWS::Partition|data\.aws_partition\.current\.partition)⟩:/;
/** It is all of a text, or the account of an ARN. */
const account =
  /^(arn:[a-z\d-]*:[a-z\d-]*:[a-z\d-]*:|)⟨(AWS::AccountId|data\.aws_caller_identity\.current\.account_id)⟩(?=:|$)/;
