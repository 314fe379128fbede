import { azureDevOps, gitHub, gitHubServiceOf, gitHubSubjectParts, type Issuer, isRetired } from '@fedbridge/issuers';
import { operatorOf } from '../condition.ts';
import { readFederatedCredential } from '../federated-credential.ts';
import { claimTestsOf } from '../flexible-expression.ts';
import { claimOfKey, concerns, providersOf } from '../lint-provider.ts';
import { MalformedPolicyError, parseTrustPolicy } from '../policy.ts';
import type { TrustDocument } from '../read/trust-document.ts';
import { hasWildcard } from '../wildcard.ts';

/** Something that stops working on a day, and does so for a document. */
export interface Ending {
  /** The day, ISO 8601. */
  readonly ends: string;
  readonly what: string;
  readonly inScope: readonly string[];
  readonly outOfScope: readonly string[];
  readonly instead: string;
  /** `Statement[0]`, or a credential's name. */
  readonly where: string;
  /** The subject that is trusted. */
  readonly subject: string;
}

/** A subject that a document trusts. */
interface Trusted {
  readonly where: string;
  readonly iss: string;
  /** May be a pattern. */
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Whether its form with ids is trusted beside it, for the same audiences and the same jobs: then nothing stops. */
function isReplaced({ iss, subject, audiences }: Trusted, all: readonly Trusted[]): boolean {
  const { owner, project, job } = gitHubSubjectParts(subject) ?? {};
  return all.some((other) => {
    const { owner: ownerById = '', project: projectById = '', job: sameJob } = gitHubSubjectParts(other.subject) ?? {};
    return (
      other.iss === iss &&
      sameJob === job &&
      isWithId(ownerById, owner) &&
      isWithId(projectById, project) &&
      audiences.every((one) => other.audiences.includes(one))
    );
  });
}

const isWithId = (byId: string, name = '') => /@(\d+|\*)$/.test(byId) && byId.replace(/@[^@]*$/, '') === name;

/** Whom what an issuer announced concerns, as far as a document tells. */
export const scopes: readonly {
  readonly issuer: Pick<Issuer, 'is' | 'deprecations' | 'title'>;
  concerns(trusted: Trusted): boolean;
}[] = [
  {
    issuer: azureDevOps,
    concerns: ({ subject, audiences: [first, ...more] }) => [first, ...more].every((one) => isRetired(subject, one)),
  },
  {
    issuer: gitHub,
    concerns: ({ iss, subject }) => {
      const { owner, project } = gitHubSubjectParts(subject) ?? {};
      // A name is followed by its id; a wildcard takes both.
      const isNameAlone = (part = '*') => !hasWildcard(part) && !part.includes('@');
      return gitHubServiceOf(iss) !== 'server' && (isNameAlone(owner) || isNameAlone(project));
    },
  },
];

/** What of a document stops working on a day. Empty for one that cannot be read. */
export function endingsOf(document: TrustDocument): readonly Ending[] {
  const all = trustedBy(document);
  return all.flatMap((trusted) =>
    scopes
      .filter((scope) => scope.issuer.is(trusted.iss) && scope.concerns(trusted) && !isReplaced(trusted, all))
      .flatMap(({ issuer }) =>
        issuer.deprecations.map((one) => ({ ...one, where: trusted.where, subject: trusted.subject })),
      ),
  );
}

function trustedBy({ policy, credentials, isMultiTenant }: TrustDocument): readonly Trusted[] {
  if (!policy) return credentials.flatMap(ofCredential).filter(({ iss }) => !(isMultiTenant && azureDevOps.is(iss)));
  try {
    return ofPolicy(policy);
  } catch (error) {
    if (error instanceof MalformedPolicyError) return [];
    throw error;
  }
}

function ofPolicy(policy: object): readonly Trusted[] {
  return parseTrustPolicy(policy).statements.flatMap((statement, index) => {
    if (statement.effect !== 'Allow' || !concerns(statement, 'sts:assumerolewithwebidentity')) return [];
    return providersOf(statement).flatMap(({ iss }) => {
      const valuesOf = (claim: string) =>
        statement.conditions
          .filter(({ key, operator }) => claimOfKey(key, iss) === claim && !operatorOf(operator).negated)
          .flatMap(({ values }) => values);
      const audiences = valuesOf('aud');
      return valuesOf('sub').map((subject) => ({ where: `Statement[${index}]`, iss, subject, audiences }));
    });
  });
}

function ofCredential(credential: unknown): readonly Trusted[] {
  const read = readFederatedCredential(credential);
  if (!read) return [];
  const { name: where, issuer: iss, audiences, ...one } = read;
  if (!one.claimsMatchingExpression) return [{ where, iss, subject: one.subject, audiences }];
  const { tests = [] } = claimTestsOf(one.claimsMatchingExpression, iss);
  return tests
    .filter(({ claim }) => claim === 'sub')
    .map(({ comparand }) => ({ where, iss, subject: comparand, audiences }));
}
