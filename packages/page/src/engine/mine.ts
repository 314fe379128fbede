import { azureDevOps, buildkite, gitHub, gitLab, terraformCloud } from '@fedbridge/issuers';
import { type Admitted, kindsOfOwners, type Mine, parseMine, titleOf } from '@fedbridge/trust';

/** The owners in a text, between commas or line ends, and what of it is none. */
export function ownersIn(text: string): { readonly mine: readonly Mine[]; readonly problem?: string } {
  const words = text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const owners = words.map((word) => parseMine(word));
  const wrong = words.find((_, index) => owners[index] === undefined);
  const mine = owners.filter((one) => one !== undefined);
  if (wrong === undefined) return { mine };
  return {
    mine,
    problem: `“${wrong}” is not an owner. Write a kind and a name, of the kinds ${kindsOfOwners.join(', ')}.`,
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
  return [...new Set(named)].filter((one) => parseMine(one) !== undefined).slice(0, most);
}
