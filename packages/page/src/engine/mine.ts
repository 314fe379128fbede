import { azureDevOps, buildkite, gitHub, gitLab, terraformCloud } from '@fedbridge/issuers';
import { type Admitted, type Mine, parseMine, titleOf, whyNotMine } from '@fedbridge/trust';

/** The owners in a text, between commas or line ends, and what of it is none. */
export function ownersIn(text: string): { readonly mine: readonly Mine[]; readonly problem?: string | undefined } {
  const words = text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return {
    mine: words.flatMap((word) => parseMine(word) ?? []),
    problem: words.map(whyNotMine).find((why) => why !== undefined),
  };
}

const kinds: Readonly<Record<string, string>> = {
  [gitHub.title]: 'github',
  [azureDevOps.title]: 'azure-pipelines',
  [gitLab.title]: 'gitlab',
  [terraformCloud.title]: 'terraform-cloud',
  [buildkite.title]: 'buildkite',
  AWS: 'account',
};

/** More are no suggestion. */
const most = 4;

/** Owners that are allowed and not said to be ours, as they would be. */
export function ownersOf(all: readonly Admitted[]): readonly string[] {
  const named = all.flatMap(({ reach, issuer, owners }) => {
    const kind = kinds[titleOf(issuer)];
    return reach === 'named others' && kind !== undefined ? owners.map((owner) => `${kind}:${owner}`) : [];
  });
  return [...new Set(named)].filter((one) => whyNotMine(one) === undefined).slice(0, most);
}
