import { JsonDocument, type Parameters as TemplateParameters, type WebIdentityClaims } from '@fedbridge/trust';
import {
  type DocumentInFile,
  documentsIn,
  extensions,
  inJson,
  nothingIn,
  type ReadDocuments,
  wholly,
} from '@fedbridge/trust-files';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../command-line.ts';
import { givenToken } from '../../given-token.ts';
import { textFiles } from './files.ts';

/** What the commands read, for their help. */
export const files = `files, folders with all below them that is ${extensions.join(', ')}, and - for standard input`;

/** How documents are read. */
export interface DocumentOptions {
  readonly parameter?: TemplateParameters;
  /** What a text of JSON stands for, in the place of `JSON.parse`. */
  readonly jsonValue?: (text: string) => unknown;
  /** Whether files that are named may have nothing to do with trust. */
  readonly areUnrelated?: boolean;
}

/** The option that gives templates what they do not tell. */
export function withParameters(command: Command): Command {
  return command.option(
    '--parameter <name=value>',
    'a parameter of a CloudFormation or ARM template, or AWS::AccountId and the like; again for each',
    (text: string, before: TemplateParameters | undefined) => {
      const at = text.indexOf('=');
      if (at <= 0) throw new InvalidArgumentError('it takes name=value.');
      return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
    },
  );
}

/**
 * Every trust policy and list of federated credentials in files, folders and standard input. A file that is named has one at least, and a
 * folder has one in some file.
 *
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function trustDocuments(
  names: readonly string[],
  options: DocumentOptions,
  cli: Cli,
): Promise<readonly DocumentInFile[]> {
  return wholly(await readDocuments(names, options, cli)).documents;
}

/**
 * The same, and which files are not read, as far as others are.
 *
 * @throws FedbridgeError `INPUT_INVALID` where there is nothing that could be read
 */
export async function readDocuments(
  names: readonly string[],
  { areUnrelated, ...options }: DocumentOptions,
  cli: Cli,
): Promise<ReadDocuments> {
  const remark = (text: string) => cli.terminal.log(text);
  const read = await documentsIn(textFiles(names, cli, { areUnrelated }), { ...options, remark });
  if (read.documents.length > 0) return read;
  // Where there is nothing else it is what is wrong with the command line.
  if (areUnrelated || read.faults.length > 0) return wholly(read);
  throw nothingIn(names.join(', '), '');
}

const claimsHint = 'Give a token, or its claims as a JSON object, with --claims or on standard input.';

/** A token, or its claims. @param file - `stdin` for standard input */
export function claimsOf(text: string, file: string): WebIdentityClaims {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{'))
    return givenToken(trimmed, file === 'stdin' ? 'Standard input' : file, claimsHint).claims;
  return inJson(file, () => JsonDocument.parse(text)).value as WebIdentityClaims;
}
