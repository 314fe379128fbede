import type { Presented } from '@fedbridge/core';
import {
  azureDevOpsForm,
  azureDevOpsIssuerEnds,
  gitHubServiceOf,
  isMutableGitHubSubject,
  isRetired,
} from '@fedbridge/issuers';
import type { DeliveredIdentity } from './outcome.ts';

/** Something that works today and that its owner should know of. */
export interface Remark {
  /** Whether it has a date on which it stops working. */
  readonly urgent: boolean;
  readonly text: string;
}

const hour = 3_600_000;

/** What is deprecated or wider than it need be, each once. @param now - ms since 1970-01-01 UTC */
export function remarks(identities: readonly DeliveredIdentity[], now: number): readonly Remark[] {
  const all = identities.flatMap(({ presented, expiresAt }) => [
    presented && issuerRemark(presented),
    presented && subjectRemark(presented),
    expiresAt !== undefined && expiresAt - now > 11.5 * hour ? longSession : undefined,
  ]);
  return [...new Set(all)].filter((remark) => remark !== undefined);
}

const oldIssuer: Remark = {
  urgent: true,
  text:
    `This service connection uses the Azure DevOps issuer, which stops on ${azureDevOpsIssuerEnds}. ` +
    'Convert the connection to the Entra issuer before then, and allow its new subject in the trust policy (AWS) or a federated credential (Entra).',
};
const pipelineIssuer: Remark = {
  urgent: false,
  text:
    `The Azure DevOps issuer stops for service connections on ${azureDevOpsIssuerEnds}. ` +
    "Nothing is announced for a pipeline's own ID token, which this is.",
};
const mutableSubject: Remark = {
  urgent: false,
  text:
    'The subject holds names that can be given to others once renamed or deleted. ' +
    "GitHub's immutable subjects hold ids as well: allow that form in the trust policy (AWS) or a federated credential (Entra), then switch it on.",
};
const longSession: Remark = {
  urgent: false,
  text: 'This session lives for twelve hours: whoever obtains it has the role for as long. Ask for less if the job needs less.',
};

function issuerRemark({ subject, audience }: Presented): Remark | undefined {
  if (azureDevOpsForm(subject) === 'pipeline') return pipelineIssuer;
  return isRetired(subject, audience) ? oldIssuer : undefined;
}

function subjectRemark({ issuer, subject }: Presented): Remark | undefined {
  // A server of one's own has no other form.
  return isMutableGitHubSubject(subject) && gitHubServiceOf(issuer) !== 'server' ? mutableSubject : undefined;
}
