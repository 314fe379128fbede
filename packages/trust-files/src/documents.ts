import { FedbridgeError, invalid } from '@fedbridge/core/error';
import {
  DocumentError,
  JsonDocument,
  JsonSyntaxError,
  type Parameters,
  resembledByText,
  type Source,
  type TextReader,
  type TrustDocument,
  trustDocumentsIn,
} from '@fedbridge/trust';
import { yaml } from '#yaml';
import type { DocumentInFile } from './document-in-file.ts';
import { FileError, type FileFault, type TextFile } from './text-file.ts';

/** How files are read. */
export interface ReadOptions {
  /** What templates do not tell. */
  readonly parameter?: Parameters | undefined;
  /** What a text of JSON stands for, in the place of `JSON.parse`. */
  readonly jsonValue?: ((text: string) => unknown) | undefined;
  /** Whether a file that is named may have no document: none may where this is not given. */
  readonly isOfUse?: ((source: Source) => boolean) | undefined;
  /** Hears of files of which more is to be known. */
  readonly remark?: ((text: string) => void) | undefined;
}

/** What stands in files. */
export interface ReadDocuments {
  readonly sources: readonly Source[];
  readonly documents: readonly DocumentInFile[];
  /** In their order. One that is named and has no document is among them. */
  readonly faults: readonly FileFault[];
  /** Files in which a list is one page of several: what follows was not read. */
  readonly pages: readonly string[];
}

/**
 * Every trust policy and list of federated credentials in files. What cannot be read does not keep the others from being read: whoever must
 * have all of them refuses what has faults, with `wholly`.
 */
export async function documentsIn(
  files: AsyncIterable<TextFile> | Iterable<TextFile>,
  options: ReadOptions = {},
): Promise<ReadDocuments> {
  const { isOfUse = () => false } = options;
  const [sources, documents, faults]: [Source[], DocumentInFile[], FileFault[]] = [[], [], []];
  const pages = new Set<string>();
  for await (const file of files) {
    const isUnknown = file.fault !== undefined && file.text === '';
    if (file.isOfFolder && !isUnknown && !mayBeOfUse(file.text)) continue;
    try {
      if (file.fault) throw file.fault;
      const read = await sourcesOf(file, options.jsonValue);
      const readText = await textReader(file);
      const found = read.flatMap((source) => documentsOf(source, file, options, readText));
      if (found.length === 0 && !file.isOfFolder && !read.some(isOfUse)) throw nothingIn(file.name, file.text);
      for (const source of read) {
        sources.push(source);
        if (isOnePage(source.value)) pages.add(file.name);
      }
      for (const document of found) documents.push({ file: file.name, document });
    } catch (error) {
      faults.push({ file: file.name, error: faultFor(file, error) });
    }
  }
  return { sources, documents, faults, pages: [...pages] };
}

/** What reads a language calls itself at each level, and ends somewhere. */
function faultFor({ name }: TextFile, error: unknown): FedbridgeError {
  if (error instanceof FedbridgeError) return error;
  if (error instanceof RangeError) return invalid(`${titleOf(name)} is nested too deep.`);
  throw error;
}

/** What was read, if all was. @throws FedbridgeError `INPUT_INVALID`, why the first that was not is not */
export function wholly<T extends Pick<ReadDocuments, 'faults'>>(read: T): T {
  const [first] = read.faults;
  if (first) throw first.error;
  return read;
}

/**
 * Without one of these words there is nothing to find, unless escapes hide it: of JSON and YAML, in which an escaped line break joins what
 * is around it, or of a URL. What has zero characters is in an encoding that is not read, which is to be said.
 */
function mayBeOfUse(text: string): boolean {
  return words.test(text) || escapes.test(text) || text.includes('\0') || hidesResources(text);
}

const words =
  /Statement|Effect|audience|assume_?role_?policy|claimsMatchingExpression|OpenIDConnectProviderList|ClientIDList|JoinedMethod|RoleDetailList|AWS::IAM::Role|AWS::Include|(?:Fn::|!)(?:Transform|ForEach)|\bsts:/i;

/** An ARM template that has expressions in the place of what could be federated credentials. */
const hidesResources = (text: string) =>
  /deploymenttemplate\.json/i.test(text) && /"(resources|properties|template|type)"\s*:\s*"\s*\[/i.test(text);

/** Source: RFC 8259, section 7; YAML 1.2.2, "Escaped characters"; RFC 3986, section 2.1. */
const escapes = /\\(?:[uUx]|[ \t]*[\r\n\u0085\u2028\u2029])|%[\da-f]{2}/i;

/** @param name - of a file, or of several */
export function nothingIn(name: string, text: string): FedbridgeError {
  return new FedbridgeError('INPUT_INVALID', `${titleOf(name)} has neither a trust policy nor federated credentials.`, {
    hint: hintFor(name, text),
  });
}

/** Reads texts in a file that are YAML, as the template of a stack set may be. */
async function textReader({ name, text }: TextFile): Promise<TextReader | undefined> {
  if (!resembledByText(text)) return undefined;
  const { yamlTexts } = await yaml();
  return yamlTexts(name);
}

function documentsOf(
  source: Source,
  file: TextFile,
  { parameter, remark }: ReadOptions,
  readText: TextReader | undefined,
): readonly TrustDocument[] {
  if (isOnePage(source.value)) remark?.(`${titleOf(file.name)} is one page of a list: what follows is not read.`);
  try {
    return trustDocumentsIn(source, parameter, readText);
  } catch (error) {
    if (error instanceof DocumentError) throw new FileError(file.name, error.position, error.what, error.detail.hint);
    throw error;
  }
}

/**
 * Source: AWS CLI User Guide, "Pagination"; IAM API Reference, GetAccountAuthorizationDetails (IsTruncated, Marker); Microsoft Graph and
 * Azure REST API, paging.
 */
function isOnePage(value: unknown): boolean {
  // Pages in one list are followed by the next of it.
  if (Array.isArray(value)) return isOnePage(value.at(-1)) || value.some(isCutWithin);
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  const next = ['NextToken', 'Marker', '@odata.nextLink', 'nextLink'].map((name) => members[name]);
  const items = Array.isArray(members.value) ? members.value : [];
  return members.IsTruncated === true || next.some(isText) || isCutWithin(members) || items.some(isCutWithin);
}

/** Whether a list that Microsoft Graph expanded in something is cut: it has a link of its own. */
function isCutWithin(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, next]) => /.@odata\.nextLink$/.test(name) && isText(next));
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** By its first character, and by the extension where that says more: JSON, a URL-encoded policy, or YAML. */
async function sourcesOf(file: TextFile, jsonValue?: (text: string) => unknown): Promise<readonly Source[]> {
  const [first = ''] = /\S/.exec(file.text) ?? [];
  if (first === '') throw invalid(`${titleOf(file.name)} is empty.`);
  if (languages.test(file.name)) throw nothingIn(file.name, file.text);
  // A YAML directive begins like that too, but has a line below it.
  if (/^\s*%[\da-f]{2}[!-~]*\s*$/i.test(file.text))
    return [{ value: file.text, duplicates: [], positionOf: () => ({ line: 1, column: 1 }) }];
  if ('{["'.includes(first) || /\.(json|tfstate)$/.test(file.name))
    return inJson(file.name, () => JsonDocument.parseAll(file.text, jsonValue));
  const { yamlDocuments } = await yaml();
  return yamlDocuments(file.text, file.name);
}

/** What is read as something else makes of it. */
const languages = /\.(tf|bicep)$/;

const titleOf = (name: string) => (name === 'stdin' ? 'Standard input' : name);

function hintFor(name: string, text: string): string {
  if (name.endsWith('.tf')) return 'Terraform is read as "terraform show -json" prints a plan or a state.';
  if (name.endsWith('.bicep')) return 'Bicep is read compiled: "az bicep build --file main.bicep --stdout".';
  if (/"TemplateBody"\s*:\s*"/.test(text)) return 'A template in YAML: add --query TemplateBody --output text.';
  return (
    'Give a policy with Statement, a list of statements, AssumeRolePolicyDocument of aws or CloudFormation, assume_role_policy of ' +
    '"terraform show -json", or objects with issuer and audiences as az, Microsoft Graph, PowerShell, ARM templates and Terraform have them.'
  );
}

/** What a text of JSON gives. @throws FileError with the place of a syntax error */
export function inJson<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new FileError(file, error.position, `not JSON: ${error.message.replace(/^.*?: /, '')}`);
  }
}
