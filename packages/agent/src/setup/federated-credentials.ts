import { FedbridgeError } from '@fedbridge/core';
import { formatKubernetesSubject, mostFederatedCredentials } from '@fedbridge/issuers';
import type { AgentIdentity, Credential } from './agent-identity.ts';
import type { SetupCalls } from './setup-calls.ts';

/** A service account of a cluster. */
interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Whom an identity is to trust. */
export interface Trusted extends ServiceAccount {
  /** The issuer of the cluster's service account tokens. */
  readonly issuer: string;
  /** Of the projected token. */
  readonly audience: string;
  /** What the credential is called; one that says who by default. */
  readonly credentialName?: string | undefined;
}

/** What there is of a credential that is wanted. */
export type Judgement =
  | { readonly is: 'there'; readonly known: Credential }
  | { readonly is: 'missing' }
  | { readonly is: 'wrong'; readonly known: Credential; readonly why: string };

const longestName = 120;

/** The credential that trusts a service account. */
export function credentialFor(trusted: Trusted): Credential & { readonly subject: string } {
  const { namespace, serviceAccount, issuer, audience } = trusted;
  const name = `fedbridge-${namespace}-${serviceAccount}`.replaceAll(/[^\w-]/g, '-').slice(0, longestName);
  return {
    name: trusted.credentialName ?? name,
    ...{ issuer, subject: formatKubernetesSubject(trusted), audiences: [audience] },
  };
}

/**
 * Compares what is wanted with what is there, under whatever name. Entra takes an issuer and a subject once, compares them exactly, and
 * takes one audience. Source: Microsoft Learn, "Important considerations and restrictions for federated identity credentials".
 */
export function judge(wanted: ReturnType<typeof credentialFor>, all: readonly Credential[]): Judgement {
  const { name, issuer, subject, audiences } = wanted;
  const [audience = ''] = audiences;
  const same = all.find((one) => one.issuer === issuer && one.subject === subject);
  if (same?.audiences.includes(audience)) return { is: 'there', known: same };
  const wrong = (known: Credential, what: string, is: string, should: string) =>
    ({ is: 'wrong', known, why: `its ${what} is ${is}, and tokens have ${should}` }) as const;
  if (same) return wrong(same, 'audience', same.audiences.join(', '), audience);
  const nearly = all.find((one) => alike(one.issuer) === alike(issuer) && alike(one.subject) === alike(subject));
  const known = nearly ?? all.find((one) => one.name === name);
  if (!known) return { is: 'missing' };
  return known.subject === subject
    ? wrong(known, 'issuer', known.issuer, issuer)
    : wrong(known, 'subject', String(known.subject), subject);
}

/** An issuer or a subject but for what is written wrong most often. */
const alike = (text: string | undefined) => text?.toLowerCase().replace(/\/+$/, '');

/**
 * Has an identity trust service accounts. All that is possible is looked at before anything is changed.
 *
 * @throws FedbridgeError `INPUT_INVALID` where the identity takes no more, `EXCHANGE_REJECTED`, and what a call throws
 */
export async function ensureTrust(
  identity: AgentIdentity,
  accounts: readonly Trusted[],
  calls: SetupCalls,
): Promise<void> {
  if (accounts.length === 0) return;
  const all = await identity.credentials(calls);
  const plans = accounts.map((one) => {
    const wanted = credentialFor(one);
    return { wanted, judgement: judge(wanted, all) };
  });
  let count = all.length;
  for (const { judgement } of plans) count += judgement.is === 'missing' ? 1 : 0;
  if (count > mostFederatedCredentials) throw full(all.length);
  const room = `, which leaves room for ${mostFederatedCredentials - count} of ${mostFederatedCredentials}`;
  for (const { wanted, judgement } of plans) {
    const what = `federated credential for ${wanted.subject}`;
    if (judgement.is === 'there') {
      calls.confirm(`${what} (${judgement.known.name})`);
    } else if (judgement.is === 'missing') {
      await calls.ensure(`${what}${room}`, false, identity.api, identity.writing(wanted, true));
      await confirm(identity, wanted, calls);
    } else {
      const { known, why } = judgement;
      const request = identity.writing({ ...wanted, name: known.name }, false);
      if (await calls.fix(`${what} (${known.name})`, why, identity.api, request))
        await confirm(identity, wanted, calls);
    }
  }
}

/** @throws FedbridgeError `EXCHANGE_REJECTED` for one that was written and is not to be seen */
async function confirm(
  identity: AgentIdentity,
  wanted: ReturnType<typeof credentialFor>,
  calls: SetupCalls,
): Promise<void> {
  if (calls.dryRun) return;
  const isSeen = await calls.until('the federated credential is seen', async () => {
    const { is } = judge(wanted, await identity.credentials(calls));
    return is === 'there' || undefined;
  });
  if (isSeen) return;
  throw new FedbridgeError(
    'EXCHANGE_REJECTED',
    `The federated credential for ${wanted.subject} is not to be seen there.`,
    {
      hint: 'Run this again. An application must be registered in the tenant of whoever sets up.',
    },
  );
}

function full(count: number): FedbridgeError {
  return new FedbridgeError(
    'INPUT_INVALID',
    `The identity has ${count} federated credentials, and takes no more than ${mostFederatedCredentials}.`,
    {
      hint: 'Nothing was changed. Remove one that is not needed ("az identity federated-credential list"), or take an identity of its own.',
    },
  );
}
