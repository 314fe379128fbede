import { generateKeyPairSync, sign } from 'node:crypto';
import { membersOf, postJson } from './post.ts';
import type { AskedTrust, Connection, Profile } from './profile.ts';
import { openSetUp } from './server-set-up.ts';

/** Which of Fulcio's kinds an issuer is configured as. */
const kinds = {
  GitHub: 'github-workflow',
  'Azure Pipelines': undefined,
  Kubernetes: 'kubernetes',
  GitLab: 'gitlab-pipeline',
} as const;

/** Fulcio: a certificate for whoever an issuer vouches for. Which subjects are trusted is decided where its certificates are looked at. */
export const fulcioProfile: Profile = {
  name: 'fulcio',
  title: 'Fulcio',
  isEmulated: false,
  audience: () => 'sigstore',
  obstacle: ({ platform, claims, subject }) => {
    if (kinds[platform] === undefined) return 'Fulcio has no kind of issuer for Azure Pipelines.';
    return claims || (subject && 'like' in subject)
      ? 'Fulcio certifies any subject: who looks at its certificates decides by subject and claims.'
      : undefined;
  },
  looksAtSubjects: false,
  setUp: (trusts) => ({
    OIDCIssuers: Object.fromEntries(
      trusts.map(({ issuer, audience, platform }) => [
        issuer,
        { IssuerURL: issuer, ClientID: audience, Type: kinds[platform] },
      ]),
    ),
  }),
  open: openSetUp(
    'a Fulcio',
    'Print its configuration with --print-setup, start it with --config-path, and name it: --server.',
    present,
  ),
  documented: {},
  settles: 0,
};

/** Source: sigstore/fulcio, `fulcio.proto`, CreateSigningCertificateRequest. */
async function present(server: string, token: string, { subject }: AskedTrust, { send }: Connection) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const proof = sign('sha256', Buffer.from(subject && 'equals' in subject ? subject.equals : ''), privateKey);
  const request = {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: publicKey.export({ format: 'pem', type: 'spki' }) },
      proofOfPossession: proof.toString('base64'),
    },
  };
  const { status, body } = await send(postJson(`${server}/api/v2/signingCert`, request));
  const { signedCertificateEmbeddedSct: embedded, signedCertificateDetachedSct: detached, message } = membersOf(body);
  if (status === 200 && (embedded ?? detached)) return { decision: 'accepted', said: 'a certificate' } as const;
  return { decision: 'refused', said: `HTTP ${status}: ${message ?? ''}` } as const;
}
