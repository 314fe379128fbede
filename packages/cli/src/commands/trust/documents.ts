import { FedbridgeError } from '@fedbridge/core';
import {
  type AnyFederatedCredential,
  DocumentError,
  JsonDocument,
  JsonSyntaxError,
  type Parameters,
  type Position,
  parseFederatedCredential,
  type Source,
  type TrustDocument,
  trustDocumentsIn,
  type Unresolved,
  type WebIdentityClaims,
} from '@fedbridge/trust';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../cli.ts';
import { givenToken } from '../../given-token.ts';
import { extensions, type TextFile, textFiles } from './files.ts';
import { usage } from './usage.ts';

/** A document, and the file that it was found in. */
export interface DocumentInFile {
  readonly file: string;
  readonly document: TrustDocument;
}

/** What the commands read, for their help. */
export const files = `files, folders with all below them that is ${extensions.join(', ')}, and - for standard input`;

export interface DocumentOptions {
  readonly parameter?: Parameters;
  /** What a text of JSON stands for, in the place of `JSON.parse`. */
  readonly jsonValue?: (text: string) => unknown;
  /** Of a file, in bytes, where more is meant than documents. */
  readonly mostInput?: number;
}

/** The option that gives templates what they do not tell. */
export function withParameters(command: Command): Command {
  return command.option(
    '--parameter <name=value>',
    'a parameter of a CloudFormation or ARM template, or AWS::AccountId and the like; again for each',
    (text: string, before: Parameters | undefined) => {
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
  const { documents } = await trustSources(names, options, cli);
  if (documents.length === 0) throw nothingIn(names.join(', '), '');
  return documents;
}

/**
 * The same with all that stands in the files beside documents.
 *
 * @param isOfUse - whether a file that is named may have no document
 * @throws FedbridgeError `INPUT_INVALID`
 */
export async function trustSources(
  names: readonly string[],
  options: DocumentOptions,
  cli: Cli,
  isOfUse: (source: Source) => boolean = () => false,
): Promise<{ readonly sources: readonly Source[]; readonly documents: readonly DocumentInFile[] }> {
  const [sources, documents]: [Source[], DocumentInFile[]] = [[], []];
  for await (const file of textFiles(names, cli, options.mostInput)) {
    if (file.isOfFolder && !mayBeOfUse.test(file.text)) continue;
    const read = await sourcesOf(file, options.jsonValue);
    const found = read.flatMap((source) => documentsOf(source, file, options, cli));
    if (found.length === 0 && !file.isOfFolder && !read.some(isOfUse)) throw nothingIn(file.name, file.text);
    for (const source of read) sources.push(source);
    for (const document of found) documents.push({ file: file.name, document });
  }
  return { sources, documents };
}

/** Without one of these words there is nothing to find, however it is encoded. */
const mayBeOfUse =
  /Statement|Effect|audience|assume_?role_?policy|claimsMatchingExpression|OpenIDConnectProviderList|ClientIDList/i;

function documentsOf(
  source: Source,
  file: TextFile,
  { parameter }: DocumentOptions,
  cli: Cli,
): readonly TrustDocument[] {
  if (isOnePage(source.value)) cli.terminal.log(`${nameOf(file)} is one page of a list: what follows is not read.`);
  try {
    return trustDocumentsIn(source, parameter);
  } catch (error) {
    if (error instanceof DocumentError) throw error.with({}, `${placeIn(file.name, error.position)}: ${error.what}.`);
    throw error;
  }
}

/** Source: AWS CLI User Guide, "Pagination"; Microsoft Graph and Azure REST API, paging. */
function isOnePage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return ['NextToken', 'Marker', '@odata.nextLink', 'nextLink'].some((name) => typeof members[name] === 'string');
}

/** By its first character, and by the extension where that says more: JSON, a URL-encoded policy, or YAML. */
async function sourcesOf(file: TextFile, jsonValue?: (text: string) => unknown): Promise<readonly Source[]> {
  const [first = ''] = /\S/.exec(file.text) ?? [];
  if (first === '') throw usage(`${nameOf(file)} is empty.`);
  if (languages.test(file.name)) throw nothingIn(file.name, file.text);
  if (/^\s*%[\da-f]{2}/i.test(file.text))
    return [{ value: file.text, duplicates: [], positionOf: () => ({ line: 1, column: 1 }) }];
  if ('{["'.includes(first) || /\.(json|tfstate)$/.test(file.name))
    return inJson(file.name, () => JsonDocument.parseAll(file.text, jsonValue));
  const { yamlDocuments } = await import('./yaml.ts');
  return yamlDocuments(file.text, file.name);
}

/** What is read as something else makes of it. */
const languages = /\.(tf|bicep)$/;

const nameOf = ({ name }: TextFile) => (name === 'stdin' ? 'Standard input' : name);

/** As compilers print it, so that editors open it. */
function placeIn(file: string, { line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

function nothingIn(name: string, text: string): FedbridgeError {
  return new FedbridgeError(
    'INPUT_INVALID',
    `${name === 'stdin' ? 'Standard input' : name} has neither a trust policy nor federated credentials.`,
    {
      hint: hintFor(name, text),
    },
  );
}

function hintFor(name: string, text: string): string {
  if (name.endsWith('.tf')) return 'Terraform is read as "terraform show -json" prints a plan or a state.';
  if (name.endsWith('.bicep')) return 'Bicep is read compiled: "az bicep build --file main.bicep --stdout".';
  if (/"TemplateBody"\s*:\s*"/.test(text)) return 'A template in YAML: add --query TemplateBody --output text.';
  return (
    'Looked for a policy with Statement, a list of statements, AssumeRolePolicyDocument of aws or CloudFormation, assume_role_policy of ' +
    '"terraform show -json", and objects with issuer and audiences as az, Microsoft Graph, PowerShell, ARM templates and Terraform have them.'
  );
}

/** How a document is told from others: its file, line and address. */
export function inFile(file: string, document: TrustDocument): string {
  return [placeIn(file, document.positionOf([])), document.address].filter(Boolean).join(' ');
}

/** @throws FedbridgeError `INPUT_INVALID` for a list with something else in it */
export function federatedCredentials({ file, document }: DocumentInFile): readonly AnyFederatedCredential[] {
  return (document.credentials ?? []).map((one, index) => {
    try {
      return parseFederatedCredential(one);
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      throw error.with({}, `${placeIn(file, document.positionOf([index]))}: ${error.message}`);
    }
  });
}

/** @throws FedbridgeError `INPUT_INVALID` where a template hides some of it from whoever must know all of it */
export function resolvedDocument(
  { file, document }: DocumentInFile,
  matters: (one: Unresolved) => boolean = () => true,
): TrustDocument {
  const first = document.unresolved.find(matters);
  if (!first) return document;
  throw new FedbridgeError(
    'INPUT_INVALID',
    `${placeIn(file, document.positionOf(first.path))}: the file does not tell what ${first.expression} is.`,
    { hint: `${hintOf(first)}ake what is deployed.` },
  );
}

/**
 * What comes of each document, or why nothing does: one that cannot be read in full says nothing of the others.
 *
 * @throws FedbridgeError `INPUT_INVALID` where that is so of all of them: the first one's
 */
export function ofEach<T>(
  documents: readonly DocumentInFile[],
  work: (one: DocumentInFile) => T,
): readonly (DocumentInFile & ({ readonly result: T; readonly error?: never } | Unread))[] {
  const all = documents.map((one) => {
    try {
      return { ...one, result: work(one) };
    } catch (error) {
      if (error instanceof FedbridgeError) return { ...one, error };
      throw error;
    }
  });
  const [first] = all;
  if (first && 'error' in first && all.every((one) => 'error' in one)) throw first.error;
  return all;
}

interface Unread {
  readonly result?: never;
  readonly error: FedbridgeError;
}

/** Only a name can be that of a parameter; of ARM templates it stands in a call. */
function hintOf({ expression }: Unresolved): string {
  const name = /^parameters\('([^']+)'\)$/.exec(expression)?.[1] ?? expression;
  return /^[\w:]+$/.test(name) ? `Give it with --parameter ${name}=… where it is a parameter; or t` : 'T';
}

const claimsHint = 'Give a token, or its claims as a JSON object, with --claims or on standard input.';

/** A token, or its claims. @param file - `stdin` for standard input */
export function claimsOf(text: string, file: string): WebIdentityClaims {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{'))
    return givenToken(trimmed, file === 'stdin' ? 'Standard input' : file, claimsHint).claims;
  return inJson(file, () => JsonDocument.parse(text)).value as WebIdentityClaims;
}

export async function textOf(file: string | undefined, { terminal }: Cli): Promise<string> {
  return file === undefined ? terminal.read() : terminal.readFile(file);
}

function inJson<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw usage(`${placeIn(file, error.position)}: not JSON: ${error.message.replace(/^.*?: /, '')}.`);
  }
}
