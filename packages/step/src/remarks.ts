import type { Identity } from './outcome.ts';

/** Something that works today and that its owner should know of. */
export interface Remark {
  /** Whether it has a date on which it stops working. */
  readonly urgent: boolean;
  readonly text: string;
}

const hour = 3_600_000;

/** What is deprecated or wider than it need be, each once. @param now - ms since 1970-01-01 UTC */
export function remarks(identities: readonly Identity[], now: number): readonly Remark[] {
  const all = identities.flatMap(({ presented, expiresAt }) => [
    presented && issuerRemark(presented.subject),
    presented && subjectRemark(presented.subject),
    expiresAt !== undefined && expiresAt - now > 11.5 * hour ? longSession : undefined,
  ]);
  return [...new Set(all)].filter((remark) => remark !== undefined);
}

// Sources: Microsoft Learn, "Convert service connections to use the Microsoft Entra issuer"; GitHub Docs, "OpenID Connect".
const oldIssuer: Remark = {
  urgent: true,
  text:
    'This service connection uses the Azure DevOps issuer, which stops on 2027-07-01. ' +
    'Convert the connection to the Entra issuer before then, and allow its new subject in the trust policy (AWS) or a federated credential (Entra).',
};
const pipelineIssuer: Remark = {
  urgent: false,
  text:
    'The Azure DevOps issuer stops for service connections on 2027-07-01. ' +
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

function issuerRemark(subject: string): Remark | undefined {
  if (subject.startsWith('sc://')) return oldIssuer;
  return subject.startsWith('p://') ? pipelineIssuer : undefined;
}

function subjectRemark(subject: string): Remark | undefined {
  return /^repo:[^@:/]+\/[^@:/]+:/.test(subject) ? mutableSubject : undefined;
}
