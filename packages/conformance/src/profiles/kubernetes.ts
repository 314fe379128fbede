import { sources } from '../cases/sources.ts';
import { membersOf, postJson } from './post.ts';
import type { AskedTrust, Connection, Documented, Profile } from './profile.ts';
import { openSetUp } from './server-set-up.ts';

const anyMatch: Documented = {
  decision: 'accepted',
  why: 'At least one of the audiences must match, whoever else the token is for.',
  source: sources.kubernetes,
};

/**
 * Kubernetes' API server with structured authentication. An authenticator trusts an issuer and an audience; whom among its subjects, is
 * for role bindings to say, which name a user exactly. So a token is accepted that makes its holder the user of the trust's subject.
 */
export const kubernetesProfile: Profile = {
  name: 'kubernetes',
  title: 'Kubernetes API server',
  isEmulated: false,
  audience: () => 'https://kubernetes.example.com',
  obstacle: ({ subject, claims }) => {
    if (claims) return 'Role bindings name users and groups, and no further claims.';
    return subject && 'like' in subject ? 'Role bindings name a user exactly, and know no patterns.' : undefined;
  },
  looksAtSubjects: true,
  setUp: authenticationConfiguration,
  open: openSetUp(
    'an API server',
    'Print its configuration with --print-setup, start it with --authentication-config, and name it: --server.',
    review,
  ),
  documented: {
    'audiences/list-ours-first': anyMatch,
    'audiences/list-ours-last': anyMatch,
    'audiences/authorized-party-beside-a-list': anyMatch,
  },
  // An issuer that it could not reach at its start is asked again every ten seconds.
  settles: 30,
};

/** An authenticator for each issuer. Source: Kubernetes, "Authentication configuration from a file". */
function authenticationConfiguration(trusts: readonly AskedTrust[]) {
  const issuers = new Map(trusts.map(({ issuer, audience }) => [issuer, audience]));
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: [...issuers].map(([url, audience]) => ({
      issuer: { url, audiences: [audience] },
      claimMappings: { username: { claim: 'sub', prefix: '' } },
    })),
  };
}

/** Asks the server who the token makes its holder. Source: Kubernetes API, SelfSubjectReview. */
async function review(server: string, token: string, { subject }: AskedTrust, { send }: Connection) {
  if (!/^[\x21-\x7e]+$/.test(token)) return undefined;
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const url = `${server}/apis/authentication.k8s.io/v1/selfsubjectreviews`;
  const { status, body } = await send(postJson(url, asked, { authorization: `Bearer ${token}` }));
  const { status: reviewed, message } = membersOf(body);
  if (status !== 201) return { decision: 'refused', said: `HTTP ${status}: ${message ?? ''}` } as const;
  const { userInfo } = reviewed as { readonly userInfo?: { readonly username?: unknown } };
  const isUser = subject !== undefined && 'equals' in subject && userInfo?.username === subject.equals;
  const said = `user ${JSON.stringify(userInfo?.username)}`;
  return { decision: isUser ? 'accepted' : 'refused', said } as const;
}
