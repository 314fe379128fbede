import type { IdToken } from '@fedbridge/identity';
import { credentialAudience } from '@fedbridge/issuers';
import { withLikelyCause } from '@fedbridge/trust';
import type { AccessTokenRequest } from './access-token-request.ts';

/** What a code of Entra means here. */
export interface Explanation {
  /** Follows "Entra denied a token for <resource>: ". */
  readonly what: string;
  /** `denied`: the identity is not trusted, or not as this; `rejected`: something else is wrong; `unavailable`: it passes. */
  readonly kind: 'denied' | 'rejected' | 'unavailable';
  /** What to do, names of inputs marked. Where the user's own input may be wrong, it comes first. */
  readonly hint: (request: AccessTokenRequest, idToken: IdToken) => string;
}

/** The audience as a credential has it, which is not always the token's: those of Entra itself have the GUID of what the credential has the URI of. */
const inCredential = ({ audiences, issuer }: IdToken) =>
  audiences.map((audience) => credentialAudience(audience, issuer)).join(', ');

/** An explanation of a credential that is missing or differs; the one that fits is shown below it, as a whole. */
function credential(what: string, hint: Explanation['hint']): Explanation {
  const all: Explanation['hint'] = (request, idToken) =>
    `${hint(request, idToken).replace(/:$/, '.')}\n${howTo(request.clientId)}`;
  return { what, kind: 'denied', hint: all };
}

const howTo = (clientId: string) =>
  `This is a whole federated credential, for "az ad app federated-credential create --id ${clientId} --parameters", or "update" with --federated-credential-id in the place of one that is there; of a managed identity, "az identity federated-credential":`;

function rejected(what: string, hint: Explanation['hint']): Explanation {
  return { what, kind: 'rejected', hint };
}

function unreachableIssuer(what: string): Explanation {
  const hint: Explanation['hint'] = (_, { issuer }) =>
    `Entra reads ${issuer}/.well-known/openid-configuration from the internet.`;
  return { what, kind: 'unavailable', hint };
}

const forbiddenIssuer: Explanation['hint'] = (_, { issuer }) =>
  `Ask the tenant's administrators to allow workload identity federation with ${issuer}.`;

const blocked: Explanation['hint'] = ({ clientId }) =>
  `A Conditional Access policy for workload identities blocks ${clientId}, mostly by where the job runs. Ask the tenant's administrators; the sign-in log names the policy.`;

const otherTenant: Explanation['hint'] = ({ tenantId }) =>
  `Entra takes a token of its own from an identity of the same tenant alone. See that {tenantId} is right: ${tenantId}.`;

const resource: Explanation['hint'] = ({ resource: wanted, tenantId }) =>
  `See that {resource} is right: ${wanted}. If it is, its application is not in tenant ${tenantId} yet: an administrator adds it with "az ad sp create --id".`;

const tenant: Explanation['hint'] = ({ tenantId, authority }) =>
  `See that {tenantId} is right, and {environment}: tenant ${tenantId} was looked for in the cloud of ${authority.host}.`;

const application: Explanation['hint'] = ({ clientId, tenantId }) =>
  `See that {clientId} and {tenantId} are right: client id ${clientId} is not known in tenant ${tenantId}.`;

/**
 * By AADSTS code. Sources: Microsoft Learn, "Microsoft Entra authentication and authorization error codes" and "Important
 * considerations and restrictions for federated identity credentials"; what Entra was seen to write beside each.
 */
export const explanations: Readonly<Record<number, Explanation>> = {
  70021: credential('no federated credential matches this job', ({ clientId }, { subject }) =>
    withLikelyCause(
      subject,
      `The application or managed identity ${clientId} needs this federated credential, each value exactly so:`,
    ),
  ),
  700211: credential(
    'no federated credential has this issuer',
    ({ clientId }, { issuer }) =>
      `See that {clientId} is right. If it is, ${whose(clientId)} trusts other issuers than ${issuer}. It needs this federated credential:`,
  ),
  700212: credential(
    'no federated credential has this audience',
    ({ clientId }, idToken) =>
      `The audience of the token is ${idToken.audiences.join(', ')}: see that {audience} and {environment} are right. If they are, ${whose(clientId)} needs a federated credential with the audience ${inCredential(idToken)}:`,
  ),
  700213: credential('no federated credential has this subject', ({ clientId }, { subject }) =>
    withLikelyCause(
      subject,
      `The application or managed identity ${clientId} needs a federated credential with this subject, exactly:`,
    ),
  ),
  7002137: credential(
    'no federated credential has this subject of a token of Entra itself',
    ({ clientId }) =>
      `The application or managed identity ${clientId} needs a federated credential with this subject, exactly as the token has it:`,
  ),
  7002138: credential(
    "the subject differs from a federated credential's in upper and lower case alone",
    ({ clientId }) => `Entra compares case. Change the subject of the federated credential of ${clientId} to this one:`,
  ),
  70025: credential(
    'the application has no federated credential',
    ({ clientId }) =>
      `See that {clientId} is right. If it is, ${whose(clientId)} has no federated credential at all. It needs this one:`,
  ),
  700214: credential(
    "the federated credential's audience is not one that Entra takes for a token of its own",
    (_, idToken) =>
      `The audience of such a federated credential is the URI ${inCredential(idToken)}, and not the GUID of the token:`,
  ),
  700024: rejected(
    'the ID token is outside its time range',
    () => 'The clock of this machine, or of the issuer, is wrong.',
  ),
  7000272: rejected(
    "the issuer does not publish the key of the ID token's signature",
    (_, { issuer }) =>
      `Entra reads the keys of ${issuer} from the internet, and may hold ones that were replaced. Run the job again.`,
  ),
  50013: rejected(
    "the ID token's signature does not fit the issuer's keys",
    (_, { issuer }) => `See that the jwks_uri of ${issuer} is right, and can be read from the internet.`,
  ),
  5002741: rejected(
    'the ID token has more than one audience',
    (_, { issuer }) => `Entra takes a token for one audience alone: have ${issuer} sign one.`,
  ),
  50027: rejected('the ID token is malformed', (_, { issuer }) => `See what ${issuer} is set up to put into a token.`),
  700231: rejected(
    'the token was itself obtained with a federated credential',
    () => 'Entra takes no token for a second exchange: present the one of the platform or of a managed identity.',
  ),
  700027: rejected(
    "the ID token's signature does not fit the issuer's keys",
    (_, { issuer }) =>
      `Entra reads the keys of ${issuer} from the internet, and may hold ones that were replaced. Run the job again.`,
  ),
  700222: rejected('tokens of Entra itself may not be used for this federation', otherTenant),
  700229: rejected('the token speaks for a user, and Entra takes one of an application alone', otherTenant),
  700236: rejected('the ID token is of another tenant of Entra', otherTenant),
  700223: rejected('the application, or a policy of the tenant, forbids this issuer', forbiddenIssuer),
  700238: rejected('a policy of the tenant forbids workload identity federation', forbiddenIssuer),
  7002381: rejected(
    'the tenant takes tokens of this issuer from certain enterprises alone',
    (_, { claims }) =>
      `GitHub puts the claim enterprise into the tokens of organizations that belong to one; ${typeof claims.enterprise === 'string' ? `here it is ${claims.enterprise}` : 'this token has none'}. Run the job in a repository of such an organization, or ask the tenant's administrators.`,
  ),
  70052: rejected(
    'the application is a multi-tenant one',
    () => 'Federated credentials of this issuer work with applications of a single tenant only.',
  ),
  70023: rejected('the ID token lives for more than 25 hours', () => 'Have the issuer give tokens of a shorter life.'),
  700016: rejected('there is no such application in the tenant', application),
  7000229: rejected(
    'the application has no service principal in the tenant',
    ({ clientId, tenantId }) =>
      `See that {tenantId} is right. If it is, an administrator of ${tenantId} adds the application with "az ad sp create --id ${clientId}".`,
  ),
  7000112: rejected('the application is disabled', ({ clientId }) => `An owner of ${clientId} can enable it.`),
  90002: rejected('there is no such tenant', tenant),
  900023: rejected('the tenant is neither a GUID nor a domain of one', tenant),
  50194: rejected('the application is of a single tenant, and no tenant was named', tenant),
  50020: rejected('the identity is of another tenant', application),
  90014: rejected('a field of the request is missing', application),
  900144: rejected('a field of the request is missing', application),
  7000218: rejected('a field of the request is missing', application),
  70003: rejected(
    'it does not take this kind of request',
    ({ authority }) =>
      `A proxy, or {environment}, may lead to something that is not Entra: the request went to ${authority.host}.`,
  ),
  900382: rejected(
    'the application is in another cloud',
    ({ clientId, authority }) =>
      `See that {environment} is the cloud of ${clientId}: the request went to ${authority.host}.`,
  ),
  500011: rejected('the tenant does not know the resource', resource),
  1002012: rejected('the resource is not one that tokens are given for', resource),
  501051: rejected(
    'the application has no role of the resource',
    ({ clientId, resource: wanted }) =>
      `${wanted} gives tokens to applications with an app role alone. Its owner assigns one to ${clientId}.`,
  ),
  65001: rejected(
    'nobody has consented to the permission',
    ({ clientId, resource: wanted }) => `An administrator grants ${clientId} its permissions on ${wanted}.`,
  ),
  53003: rejected('Conditional Access blocks it', blocked),
  530003: rejected('Conditional Access asks for a managed device', blocked),
  501661: unreachableIssuer("the issuer's keys could not be read"),
  50166: unreachableIssuer("the issuer's keys could not be read"),
  90061: unreachableIssuer('the issuer could not be reached'),
};

/** For an answer without a code, as Entra itself never gives one. */
export const foreign: Explanation = {
  what: 'the answer has no code of Entra',
  kind: 'rejected',
  hint: ({ authority, clientId }) =>
    `Entra's have a code that begins with AADSTS: what answered as ${authority.host} is another server, or a proxy on the way. See that {authorityHost} is right. If it is, that server needs a client ${clientId} that trusts the issuer, subject and audience above, each exactly.`,
};

/** For an answer with another code. */
export const unknown: Explanation = {
  what: 'the request was not accepted',
  kind: 'rejected',
  hint: ({ clientId, tenantId }) =>
    `See that {clientId} (${clientId}) and {tenantId} (${tenantId}) are right. What Entra says is above.`,
};

const whose = (clientId: string) => `the application or managed identity ${clientId}`;
