import { FedbridgeError } from '@fedbridge/core';
import { azureDevOpsHost, immutableSubjectsSince } from '@fedbridge/issuers';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../command-line.ts';
import { optionName } from '../trust/job-options.ts';
import { type InitOptions, platformKinds } from './options.ts';

/** Something that has to be known: asked for at a terminal, and elsewhere named by its option. */
export interface Need {
  readonly option: keyof InitOptions;
  readonly question: string;
  /** What Enter alone stands for; empty where it leaves the option out. */
  readonly usual?: string;
  /** Whether it may be left out by who says all others. */
  readonly isOptional?: true;
}

/** What names a platform and the jobs on it, as far as it is not known. */
export function jobNeeds(options: InitOptions): readonly Need[] {
  const kind = kindOf(options);
  if (kind === undefined) {
    const names = Object.keys(platformKinds).join(', ');
    return [{ option: 'platform', question: `Where do the jobs run: ${names}?` }];
  }
  return kindNeeds[kind](options).filter(({ option }) => options[option] === undefined);
}

/** The kind of jobs that is named, or whose platform is. */
export function kindOf(options: InitOptions): keyof typeof kindNeeds | undefined {
  const kinds = Object.values(platformKinds);
  return kinds.find((kind) => options[kind] !== undefined) ?? (options.platform && platformKinds[options.platform]);
}

const kindNeeds = {
  github({ branch, tag, environment, pullRequest, anyRef, ownerId }: InitOptions): Need[] {
    const isNamed = [branch, tag, environment, pullRequest, anyRef].some((one) => one !== undefined);
    const ids = 'ids of owner and repository are in its subject; Enter where it is older:';
    return [
      { option: 'github', question: 'Which repository, owner/name?' },
      ...(isNamed ? [] : [{ option: 'branch', question: 'Jobs of which branch?', usual: 'main' } as const]),
      {
        option: 'ownerId',
        question: `Of a repository created, renamed or transferred since ${immutableSubjectsSince} the ${ids}\nId of the owner ("gh api repos/OWNER/NAME --jq .owner.id")?`,
        usual: '',
        isOptional: true,
      },
      ...(ownerId ? [{ option: 'repositoryId', question: 'Id of the repository ("… --jq .id")?' } as const] : []),
    ];
  },
  azurePipelines({ pipeline, connection, issuer }: InitOptions): Need[] {
    const isNamed = pipeline !== undefined || connection !== undefined;
    return [
      { option: 'azurePipelines', question: 'Which project, organization/project?' },
      ...(isNamed ? [] : [{ option: 'pipeline', question: 'Jobs of which pipeline?' } as const]),
      ...(issuer === undefined
        ? [
            {
              option: 'organizationId',
              question: `Id of the organization ("instanceId" of https://${azureDevOpsHost}/<organization>/_apis/connectionData)?`,
            } as const,
          ]
        : []),
    ];
  },
  gitlab({ branch, tag }: InitOptions): Need[] {
    const isNamed = branch !== undefined || tag !== undefined;
    return [
      { option: 'gitlab', question: 'Which project, group/project?' },
      ...(isNamed ? [] : [{ option: 'branch', question: 'Jobs of which branch?', usual: 'main' } as const]),
    ];
  },
};

/**
 * The options with all that is needed: asked for one after another where somebody is there.
 *
 * @param needsOf - what is not known yet
 * @throws FedbridgeError `INPUT_MISSING` where nobody is, naming the options
 */
export async function complete(
  given: InitOptions,
  needsOf: (options: InitOptions) => readonly Need[],
  command: Command,
  { terminal }: Cli,
): Promise<InitOptions> {
  let options = given;
  const isRequired = ({ isOptional }: Need) => !isOptional;
  // Who has said all that is required is asked nothing.
  const isAsked = terminal.canAsk && needsOf(given).some(isRequired);
  const left = () => needsOf(options).filter((need) => isAsked || isRequired(need));
  if (!terminal.canAsk && left().length > 0) throw missing(left(), command);
  for (let [next] = left(); next !== undefined; [next] = left()) {
    const value = await asked(next, command, terminal);
    options = { ...options, [next.option]: value };
  }
  // What was left out is not there.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''));
}

async function asked({ option, question, usual }: Need, command: Command, terminal: Cli['terminal']): Promise<unknown> {
  const lines = question.split('\n');
  for (const line of lines.slice(0, -1)) terminal.log(line);
  for (;;) {
    const typed = await terminal.ask(`${lines.at(-1)}${usual ? ` [${usual}]` : ''}`);
    const text = typed === '' ? usual : typed;
    if (text === undefined) continue;
    if (text === '') return text;
    try {
      const { parseArg } = optionOf(option, command) ?? {};
      return parseArg ? parseArg(text, undefined) : text;
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      terminal.log(error.message);
    }
  }
}

function missing(needs: readonly Need[], command: Command): FedbridgeError {
  const named = needs.map(({ option }) => optionOf(option, command)?.flags ?? optionName(option)).join(', ');
  return new FedbridgeError('INPUT_MISSING', `Not said, and nobody is at a terminal to be asked: ${named}.`, {
    hint: 'Say it with options: "fedbridge init --help" has examples.',
  });
}

const optionOf = (name: string, command: Command) => command.options.find((option) => option.attributeName() === name);
