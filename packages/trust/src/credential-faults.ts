import {
  azureDevOps,
  azureDevOpsApplication,
  azureDevOpsForm,
  entra,
  entraAudience,
  entraClouds,
  entraIssuer,
  isAwsAudience,
} from '@fedbridge/issuers';
import { formFaults } from './credential-form.ts';
import type { AnyFederatedCredential } from './federated-credential.ts';
import type { JsonPath } from './json.ts';
import { issuerFault, whyNoSubject } from './lint-never.ts';
import type { RuleId } from './rules.ts';
import { canSign } from './who/can-sign.ts';
import { hasWildcard } from './wildcard.ts';

/** A part of a federated credential that no token matches, or hardly one. */
export interface CredentialFault {
  readonly rule: RuleId;
  /** The part, within the credential. */
  readonly at: JsonPath;
  /** A sentence. */
  readonly why: string;
  /** Whether a document says that no token matches it; else whoever wrote it meant something else as far as anybody can tell. */
  readonly isCertain: boolean;
}

/** Why no token fits the members of a federated credential, a sentence; undefined where one may. */
export function whyNoTokenFits(credential: AnyFederatedCredential): string | undefined {
  const fault = credentialFaults(credential).find(({ isCertain }) => isCertain);
  return fault?.rule === 'entra/pattern' ? `Entra compares subjects exactly. ${fault.why}` : fault?.why;
}

/** What lint, `who` and `test` know of a credential by its members alone; of an expression they ask elsewhere. */
export function credentialFaults(credential: AnyFederatedCredential): readonly CredentialFault[] {
  const { issuer, audiences, subject } = credential;
  const wrong = issuer.startsWith('https://') ? issuerFault(issuer) : undefined;
  return [
    ...formFaults(credential).map(({ member, why }) => ({
      ...{ rule: 'entra/malformed' as const, at: [member], why, isCertain: true },
    })),
    ...(wrong ? [{ ...wrong, at: ['issuer'], why: `The issuer is ${issuer}. ${wrong.why}` }] : []),
    ...(audiences.length === 1 ? [] : [countFault(audiences.length)]),
    ...audiences.flatMap((one, index) => audienceFault(issuer, one, ['audiences', index]) ?? []),
    ...(subject === undefined ? [] : [subjectFault(issuer, subject) ?? []].flat()),
  ];
}

/**
 * Sources: Microsoft Graph, `federatedIdentityCredential`: "This field can only accept a single value"; Azure Resource Manager's answer
 * `InvalidFederatedIdentityCredentialsAudienceLength`, "Federated identity credentials must have exactly 1 audience."
 * [Azure/azure-cli#31598], read 2026-11-26.
 */
const countFault = (count: number): CredentialFault => ({
  rule: 'entra/audiences',
  at: ['audiences'],
  why: `It has ${count === 0 ? 'no audience' : `${count} audiences`}: Entra takes exactly one.`,
  isCertain: true,
});

/** Source of the blanks: Microsoft Learn, "Important considerations and restrictions for federated identity credentials". */
function subjectFault(issuer: string, subject: string): CredentialFault | undefined {
  if (subject === '') return undefined;
  const isCertain = subject !== subject.trim() || !canSign(issuer, { sub: subject });
  const of = { at: ['subject'], isCertain };
  if (hasWildcard(subject)) return { ...of, rule: 'entra/pattern', why: `The subject is ${subject}.` };
  const why = whyNotSubject(issuer, subject, isCertain);
  return why === undefined ? undefined : { ...of, rule: 'never-matches', why };
}

function whyNotSubject(issuer: string, subject: string, isCertain: boolean): string | undefined {
  // Whether Entra takes one was not seen [microsoft/terraform-provider-fabric#23].
  if (azureDevOps.is(issuer) && azureDevOpsForm(subject) === 'pipeline')
    return `The subject is ${subject}: Entra takes tokens of service connections, sc://…, and none of a pipeline's own as far as is known.`;
  const isPadded = subject !== subject.trim();
  return (
    whyNoSubject(issuer, subject, isCertain ? 'No' : 'Hardly any') ??
    (isPadded ? `The subject is ${JSON.stringify(subject)}: Entra takes none with a blank around it.` : undefined)
  );
}

const exchanges: readonly (string | undefined)[] = Object.values(entraClouds).map((cloud) => cloud.audience);

function audienceFault(issuer: string, audience: string, at: JsonPath): CredentialFault | undefined {
  const why = whyNotAudience(issuer, audience);
  if (why === undefined) return undefined;
  const isCertain = isNeverAudience(issuer, audience);
  return { rule: 'entra/wrong-audience', at, why: `The audience is ${audience}. ${why}`, isCertain };
}

/** Who may choose what his token is for may choose any audience; of its own tokens Entra takes those for its exchange. */
function isNeverAudience(issuer: string, audience: string): boolean {
  if (audience === '' || audience !== audience.trim() || audience === entraAudience.clientId) return true;
  return entraIssuer(issuer) ? !exchanges.includes(audience) : !canSign(issuer, { aud: audience });
}

function whyNotAudience(issuer: string, audience: string): string | undefined {
  const cloud = entraIssuer(issuer)?.cloud;
  if (exchanges.includes(audience)) {
    const own = cloud?.audience ?? audience;
    return own === audience ? undefined : `The cloud of ${issuer} has ${own}.`;
  }
  const plain = audience.trim().replace(/\/$/, '').toLowerCase();
  const meant = exchanges.find((one) => one?.toLowerCase() === plain);
  if (meant !== undefined) return `It is compared exactly: ${meant} is meant.`;
  if (audience === entraAudience.clientId)
    return `That is the aud of the token; the credential has ${entraAudience.uri}, and with the id Entra answers AADSTS700214.`;
  if (audience === azureDevOpsApplication)
    return 'That is Azure DevOps itself, the azp of its tokens and not their audience.';
  if (isAwsAudience(audience)) return `That is for AWS; Entra's is ${entraAudience.uri}.`;
  if (audience === '') return 'No token has an empty one.';
  if (audience !== audience.trim()) return 'It begins or ends with a blank, and Entra takes none that does.';
  // Who can choose the audience of a token may have one of its own.
  return cloud || azureDevOps.is(issuer)
    ? `Tokens of ${(cloud ? entra : azureDevOps).title} are for Entra's exchange.`
    : undefined;
}
