import { FedbridgeError } from '@fedbridge/core';
import { mostFederatedCredentials } from '@fedbridge/issuers';
import { usage } from './usage.ts';

/** What two credentials of an identity cannot have alike. */
interface Credential {
  readonly name?: unknown;
  readonly issuer?: unknown;
  readonly subject?: unknown;
}

/**
 * Whether an application or managed identity takes one more federated credential.
 *
 * @param text - those that it has, as `az ad app federated-credential list`, `az identity federated-credential list` or Graph has them
 * @returns how many are left, as a sentence
 * @throws FedbridgeError `INPUT_INVALID` where it takes no more, or has one like it
 */
export function roomBeside(credential: Credential, text: string): string {
  const others = credentialsIn(text);
  const { name, issuer, subject } = credential;
  const alike = others.find((one) => subject != null && one.issuer === issuer && one.subject === subject);
  if (alike) {
    throw new FedbridgeError('INPUT_INVALID', `The credential "${alike.name}" has this issuer and subject already.`, {
      hint: 'The job is allowed by it: nothing is to be added.',
    });
  }
  const replaced = others.some((one) => one.name === name);
  const left = mostFederatedCredentials - others.length - (replaced ? 0 : 1);
  const many = `${others.length} of ${mostFederatedCredentials} federated credentials are there`;
  if (left < 0) {
    throw new FedbridgeError('INPUT_INVALID', `${many}: no more is taken.`, {
      hint:
        'Remove one that is not needed, or take an application of its own. Of GitHub a flexible credential takes the place of several: ' +
        'with --owner-id and --repository-id, --any-ref or --workflow.',
    });
  }
  const what = replaced ? 'this one replaces that of its name' : 'this is one more';
  return `${many}; ${what}, and ${left} are left.`;
}

function credentialsIn(text: string): readonly Credential[] {
  const list = listIn(text);
  if (!list)
    throw usage(
      '--beside takes a list of federated credentials in JSON, as "az ad app federated-credential list" prints it.',
    );
  // Azure Resource Manager has what is of the credential in a member of its own.
  return list.map(({ properties, ...one }) => ({ ...one, ...properties }));
}

function listIn(text: string): readonly (Credential & { readonly properties?: Credential })[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const list = Array.isArray(parsed) ? parsed : (parsed as { value?: unknown } | null)?.value;
    const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
    return isList ? list : undefined;
  } catch {
    return undefined;
  }
}
