import { FedbridgeError, invalid } from '@fedbridge/core/error';
import {
  type AnyFederatedCredential,
  accountOfRole,
  type FindingInFile,
  finding,
  type Grant,
  grantsOfCredentials,
  grantsOfPolicy,
  lintTrustDocument,
  MalformedPolicyError,
  matters,
  namesOwnAccount,
  ownAccount,
  parseFederatedCredential,
  parseTrustPolicy,
  refuseDuplicates,
  type TrustDocument,
  type Unresolved,
} from '@fedbridge/trust';
import { FileError, type FileFault, placeIn } from './text-file.ts';

/** A document, and the file that it was found in. */
export interface DocumentInFile {
  readonly file: string;
  readonly document: TrustDocument;
}

/** How a document is told from others: its file, line and address. */
export function inFile(file: string, document: TrustDocument): string {
  return [placeIn(file, document.positionOf([])), document.address].filter(Boolean).join(' ');
}

/** What is wrong with a document, with its place. @param now - seconds since 1970-01-01 UTC */
export function findingsIn({ file, document }: DocumentInFile, now: number): readonly FindingInFile[] {
  return lintTrustDocument(document, now).map(({ position, ...finding }) => ({
    ...finding,
    ...{ file, document: document.address, line: position.line, column: position.column },
  }));
}

/** A file of which nothing was checked, which is no clean one. */
export function notReadFinding({ file, error }: FileFault): FindingInFile {
  const [message, position] =
    error instanceof FileError ? [`Reading it ended: ${error.what}.`, error.position] : [error.message, undefined];
  return fileFinding({ ...finding('read/not-read', '', message), file }, position);
}

/** What is found of a file as a whole, at its beginning where no place in it is to blame. */
export function fileFinding<Id extends string>(
  { rule, severity, message, file }: Pick<FindingInFile<Id>, 'rule' | 'severity' | 'message' | 'file'>,
  { line, column }: Pick<FindingInFile, 'line' | 'column'> = { line: 1, column: 1 },
): FindingInFile<Id> {
  return { rule, severity, message, where: '', file, document: '', line, column };
}

/**
 * All ways in of a document.
 *
 * @param now - seconds since 1970-01-01 UTC
 * @throws FedbridgeError `INPUT_INVALID`
 */
export function grantsIn(one: DocumentInFile, now: number): readonly Grant[] {
  const { policy } = resolvedDocument(one);
  if (!policy) return grantsOfCredentials(federatedCredentials(one));
  try {
    refuseDuplicates(one.document);
    const account = namesOwnAccount(one.document) ? ownAccount : accountOfRole(one.document);
    return grantsOfPolicy(parseTrustPolicy(policy), now, account);
  } catch (error) {
    if (!(error instanceof MalformedPolicyError)) throw error;
    throw invalid(`${inFile(one.file, one.document)}: IAM rejects this document: ${error.message}.`);
  }
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

/**
 * A document of which a template hides nothing that counts.
 *
 * @param isOfUse - what counts: what may decide who is allowed, where this is not given
 * @throws FedbridgeError `INPUT_INVALID` where it hides something
 */
export function resolvedDocument(
  { file, document }: DocumentInFile,
  isOfUse: (one: Unresolved) => boolean = matters,
): TrustDocument {
  const place = placeIn(file, document.positionOf([]));
  if (document.resembles !== undefined)
    throw invalid(`${place}: this looks like ${document.resembles} and is not read.`);
  const first = document.unresolved.find(isOfUse);
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
  const all = documents.map((one) => ({ ...one, ...attempt(() => work(one)) }));
  const [first] = all;
  if (first?.error && all.every(({ error }) => error)) throw first.error;
  return all;
}

interface Unread {
  readonly result?: never;
  readonly error: FedbridgeError;
}

/** What comes of work with a document, or why nothing does. */
export function attempt<T>(work: () => T): { readonly result: T; readonly error?: never } | Unread {
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof FedbridgeError) return { error };
    throw error;
  }
}

/** Only a name can be that of a parameter; of ARM templates it stands in a call. */
function hintOf({ expression }: Unresolved): string {
  const name = /^parameters\('([^']+)'\)$/.exec(expression)?.[1] ?? expression;
  return /^[\w:]+$/.test(name) ? `Give it with --parameter ${name}=… where it is a parameter; or t` : 'T';
}
