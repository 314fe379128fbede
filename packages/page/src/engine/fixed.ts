import { FedbridgeError } from '@fedbridge/core/error';
import {
  type Admitted,
  type Finding,
  type Fix,
  fixTrustDocument,
  type Mine,
  sentenceOf,
  whoIsGranted,
} from '@fedbridge/trust';
import { accessChange, type DocumentInFile, grantsIn } from '@fedbridge/trust-files';
import { alone, read } from './source.ts';

/** A document with all put right that needs no decision. */
export interface FixedDocument {
  readonly text: string;
  readonly fixes: readonly Fix[];
  /** What is still found. */
  readonly left: readonly Finding[];
  /** Who is allowed by it; empty where that cannot be told. */
  readonly sentence: string;
  /** Who is allowed by it and was not before. */
  readonly gained: readonly Admitted[];
}

/** @returns undefined where there is nothing to fix without a decision */
export async function fixedDocument(
  one: DocumentInFile,
  mine: readonly Mine[],
  now: number,
): Promise<FixedDocument | undefined> {
  const fixed = fixTrustDocument(one.document, now);
  if (!fixed || fixed.fixes.length === 0) return undefined;
  const text = JSON.stringify(fixed.document, null, 2);
  const { documents } = await read(text);
  const { gained, notCompared } = accessChange(alone([one]), alone(documents), { mine, now });
  return {
    ...{ text, fixes: fixed.fixes, left: fixed.left, sentence: sentenceFor(documents, mine, now) },
    gained: notCompared.length > 0 ? [] : gained.map(({ admitted }) => admitted).filter(({ witness }) => witness),
  };
}

function sentenceFor(documents: readonly DocumentInFile[], mine: readonly Mine[], now: number): string {
  try {
    return sentenceOf(documents.flatMap((one) => grantsIn(one, now)).map((grant) => whoIsGranted(grant, mine, now)));
  } catch (error) {
    if (error instanceof FedbridgeError) return '';
    throw error;
  }
}
