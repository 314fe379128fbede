import { azurePipelinesReader } from '@fedbridge/azure-pipelines/manifest';
import { kebabCase } from '@fedbridge/core';
import { gitHubReader } from '@fedbridge/github/manifest';
import { inputsOf, outputsOf } from '@fedbridge/step';
import { steps } from '@fedbridge/steps';
import { type Platform, platforms } from './ways.ts';

/** Whose users read: of GitLab they have the command alone, and write its options. */
type Reader = Platform | 'gitlab';
const readersOf: readonly Reader[] = [...platforms, 'gitlab'];

const readers = { github: gitHubReader, 'azure-pipelines': azurePipelinesReader } as const;

/** Inputs and outputs of all steps whose names differ between platforms; all have them, whichever has the input. */
const names = [
  ...new Set(
    steps.flatMap((step) =>
      Object.values(readers).flatMap((reader) => [
        ...Object.keys(inputsOf(step, reader)),
        ...Object.keys(outputsOf(step, reader)),
      ]),
    ),
  ),
].filter((name) => kebabCase(name) !== name);

/** Names as a platform's users write them, of one of several too: `graph-access-token`, `graph_accessToken`. */
const written = Object.fromEntries(
  platforms.map((platform) => {
    const all = names.map((name) => readers[platform].nameOf(name)).join('|');
    return [platform, new RegExp(`(?<![A-Za-z\\d./-])(?:\\w+[-_])*(?:${all})(?![\\w/-]|\\.\\w)`, 'g')];
  }),
) as Readonly<Record<Platform, RegExp>>;

/** A word that is no part of a name: those that users give (of a branch, a role, a pod) have others beside them. */
const word = (all: string) => `(?<![\\w:/[.@-])(?:${all})(?![\\w:/.@-]*[\\w:/@-])`;

/** What users of a platform call things that the other has not, or calls otherwise. */
const words: Readonly<Record<Reader, RegExp>> = {
  github: new RegExp(
    `${word('GitHub|workflows?|runners?|repository secrets?')}|\\b(?:GITHUB|ACTIONS|RUNNER)_[A-Z_]+|\\bactions/[\\w-]+|\\buses:|\\bid-token: write\\b|^::\\w+`,
    'gim',
  ),
  'azure-pipelines': new RegExp(
    `${word('Azure Pipelines|tasks?|service connections?|pipelines?|agents?|secret variables?')}|\\b(?:System|Build|Agent)\\.[A-Z]\\w+|\\b(?:SYSTEM|BUILD|AGENT|VSTS|TF)_[A-Z_]+|##vso`,
    'gm',
  ),
  gitlab: new RegExp(`${word('GitLab|merge requests?')}|\\.gitlab-ci\\.yml|\\bid_tokens:|\\bCI_[A-Z_]+`, 'gm'),
};

/** Words of another platform that its users have as well. */
const shared: Readonly<Record<Reader, readonly string[]>> = {
  github: [],
  'azure-pipelines': [],
  gitlab: ['runner', 'runners', 'pipeline', 'pipelines'],
};

/** What is no name of a platform, whatever it looks like, and why. */
const exceptions: readonly (readonly [why: string, what: RegExp])[] = [
  ['an address or a path', /https?:\/\/[^\s"'<>)]+|(?<![\w:])(?:\/[\w.@$+-]+){2,}/g],
  ['a value of the input "identity"', /\bmanaged-identity\b/g],
  [
    'a value of the input "export", and the variables that it is for',
    /\bgithub-id-token\b|\bACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)\b/g,
  ],
  [
    'what the user wrote, under the name that the other platform has for it',
    /\bInput "[\w-]+" (?=is a stored|is not one|does nothing here|is called)|\bis "[^"]*"(?=: expected)/g,
  ],
  ['a member of a document that the command prints', /^\s*"trustPolicy": \{$/],
  ['a command of the Azure CLI', /"az [^"]+"/g],
  ["a program of Azure's, which is called so", /\bAzure Arc's agent\b|"Hybrid agent extension applications"/g],
  [
    'what octo-sts gives, and reads',
    /\ba GitHub token by octo-sts\b|\baddress of GitHub's API\b|\.github\/chainguard\/\S*/g,
  ],
  ['a container of Amazon ECS', /\bECS task\b/g],
  ['an issuer, as what is found in trust documents has it', /\bat GitHub Actions is\b|<code>GitHub Actions<\/code>/g],
  ['what a token says', /\bID token of [\w ]+: \{.*\}/g],
];

/**
 * Names of other platforms in what is printed or shown on one.
 *
 * @param text - of logs, errors and summaries, as users see it
 * @returns each with the line that it is in
 */
export function foreignNames(platform: Reader, text: string): readonly string[] {
  const others = readersOf.filter((one) => one !== platform);
  const unescaped = text
    .replaceAll('%0A', '\n')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return unescaped.split('\n').flatMap((line) => {
    const rest = exceptions.reduce((left, [, what]) => left.replace(what, ' '), line);
    const patterns = others.flatMap((other) => [words[other], ...(other === 'gitlab' ? [] : [written[other]])]);
    return patterns
      .flatMap((pattern) => [...rest.matchAll(pattern)].map(([name]) => name))
      .filter((name) => !shared[platform].includes(name.toLowerCase()))
      .map((name) => `${name}: ${line}`);
  });
}
