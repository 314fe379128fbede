import { invalid, parseEndpoint } from '@fedbridge/core';
import type { InputDefinition } from '@fedbridge/step';

/** Source of the names: octo-sts/action, `action.yml`, whose `identity` is another input of every step here. */
export const octoStsInputs = {
  trustPolicy: {
    type: 'text',
    label: 'Trust policy',
    decides: true,
    parse: parsePolicyName,
    description:
      'octo-sts: the name of the trust policy in the repository, deploy for .github/chainguard/deploy.sts.yaml, which octo-sts/action ' +
      'calls identity.',
  },
  domain: {
    type: 'text',
    label: 'Domain',
    decides: true,
    parse: (text: string) => parseEndpoint(text.includes('://') ? text : `https://${text}`, 'the domain'),
    description:
      'octo-sts: the domain of the instance, by default octo-sts.dev, which is the audience of the ID token as well.',
  },
  githubApiUrl: {
    type: 'text',
    label: "GitHub's API",
    decides: true,
    parse: (text: string) => parseEndpoint(text, "the address of GitHub's API"),
    description: 'octo-sts: where the token is revoked at the end of the job, by default https://api.github.com.',
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

/** A file's name without its ending. */
function parsePolicyName(text: string): string {
  if (/^[\w-][\w.-]*$/.test(text)) return text;
  throw invalid('expected the name of a trust policy, such as deploy: letters, digits, ".", "-" and "_".');
}
