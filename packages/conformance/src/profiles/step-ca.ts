import { certificateRequest } from './certificate-request.ts';
import { membersOf, postJson } from './post.ts';
import type { AskedTrust, Connection, Profile } from './profile.ts';
import { openSetUp } from './server-set-up.ts';

/** smallstep's CA: a certificate for whoever an OIDC provisioner vouches for, and whose token its template takes. */
export const stepCaProfile: Profile = {
  name: 'step-ca',
  title: 'step-ca',
  isEmulated: false,
  // By its audience a token finds its provisioner: no two have the same.
  audience: (_connection, trust) => `https://ca.example.com/${trust}`,
  obstacle: () => undefined,
  looksAtSubjects: true,
  setUp: (trusts) => ({
    authority: {
      // Else tokens from before its start are refused, whatever else they are.
      disableIssuedAtCheck: true,
      provisioners: trusts.map((trust) => ({
        type: 'OIDC',
        name: trust.name,
        clientID: trust.audience,
        clientSecret: '',
        configurationEndpoint: `${trust.issuer}/.well-known/openid-configuration`,
        options: { x509: { template: templateOf(trust) } },
      })),
    },
  }),
  open: openSetUp(
    'a step-ca',
    'Print its provisioners with --print-setup, add them to its ca.json, and name it: --server. It looks for issuers at its start alone: once this waits for it, send it a SIGHUP.',
    present,
  ),
  documented: {},
  // It keeps keys for as long as the issuer says, which is a minute, and looks for none before; whoever runs it has it look for issuers.
  settles: 65,
};

/** What of a token must hold, and the certificate. Source: smallstep, "Configuring step-ca templates". */
function templateOf({ subject, claims = {} }: AskedTrust): string {
  const conditions = Object.entries(claims).map(([name, value]) => `ne (index .Token ${text(name)}) ${text(value)}`);
  if (subject && 'equals' in subject) conditions.push(`ne .Token.sub ${text(subject.equals)}`);
  if (subject && 'like' in subject) conditions.push(`not (regexMatch ${text(patternOf(subject.like))} .Token.sub)`);
  return [
    ...conditions.map((condition) => `{{ if ${condition} }}{{ fail "It is not the job that is trusted." }}{{ end }}`),
    '{ "subject": {{ toJson .Subject }}, "sans": {{ toJson .SANs }}, "keyUsage": ["digitalSignature"], "extKeyUsage": ["clientAuth"] }',
  ].join('\n');
}

/** A text as templates of Go have it. */
const text = (value: string) => JSON.stringify(value);

/** A pattern of any characters at each `*`, as a regular expression. */
const patternOf = (like: string) =>
  `^${like
    .split('*')
    .map((part) => part.replace(/[.+?^$|()[\]{}\\]/g, '\\$&'))
    .join('.*')}$`;

/** Source: smallstep/certificates, `api/sign.go`, SignRequest. */
async function present(server: string, token: string, _trust: AskedTrust, { send }: Connection) {
  const { status, body } = await send(postJson(`${server}/1.0/sign`, { csr: certificateRequest(), ott: token }));
  const { crt: certificate, message } = membersOf(body);
  if (status === 201 && typeof certificate === 'string')
    return { decision: 'accepted', said: 'a certificate' } as const;
  return { decision: 'refused', said: `HTTP ${status}: ${message ?? ''}` } as const;
}
