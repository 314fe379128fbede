import { isDeepStrictEqual } from 'node:util';
import { type Fix, type Fixed, fixTrustDocument, rewrittenText, type TrustDocument } from '@fedbridge/trust';
import { replaceable } from '../../replaced-file.ts';

/** What was put right in a file, or why nothing was. */
export type FixedFile =
  | { readonly fixes: readonly Fix[]; readonly why?: undefined }
  | { readonly fixes?: undefined; readonly why: string };

/**
 * Puts right in a file what needs no decision, where it holds one document and nothing else. All else in it stays as it is written. It is
 * replaced as a whole, with its mode and owner, or not at all.
 *
 * @param documents - all that were found in it
 * @returns undefined where there is nothing to put right
 */
export async function fixFile(file: string, documents: readonly TrustDocument[]): Promise<FixedFile | undefined> {
  const fixed = documents.map((one) => fixTrustDocument(one));
  if (!fixed.some((one) => one && one.fixes.length > 0)) return undefined;
  const [[document, another], [only]] = [documents, fixed];
  if (!document || another) return { why: `it holds ${documents.length} documents` };
  if (!only) return { why: 'a template does not tell all of it' };
  try {
    return (await replaced(file, document, only)) ?? { fixes: only.fixes };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { why: `it cannot be written: ${code}` };
  }
}

/** @returns why it was not */
async function replaced(file: string, document: TrustDocument, fixed: Fixed): Promise<FixedFile | undefined> {
  const own = await replaceable(file);
  if (typeof own === 'string') return { why: own };
  const text = plainJson(own.bytes, document);
  if (text === undefined) return { why: 'it is not JSON in UTF-8 with one document and nothing around it' };
  const next = rewrittenText(text, fixed.document);
  if (!isDeepStrictEqual(JSON.parse(next), JSON.parse(JSON.stringify(fixed.document))))
    return { why: 'it could not be written otherwise' };
  const why = await own.replace(next);
  return why === undefined ? undefined : { why };
}

/** The text of a file that is a document and nothing else. */
function plainJson(bytes: Buffer, document: TrustDocument): string | undefined {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) return undefined;
  try {
    const { policy = document.enclosing?.(document.written) } = document;
    return isDeepStrictEqual(JSON.parse(text), policy) ? text : undefined;
  } catch {
    return undefined;
  }
}
