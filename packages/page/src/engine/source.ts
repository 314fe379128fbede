import { FedbridgeError } from '@fedbridge/core/error';
import type { Position } from '@fedbridge/trust';
import { type DocumentInFile, type DocumentState, documentsIn, wholly } from '@fedbridge/trust-files';

/** Why nothing of a text is read. */
export interface Problem {
  readonly message: string;
  readonly position?: Position | undefined;
}

/** How a text is named where messages name a file. */
const name = 'text';

/** As many documents as somebody looks at; what has more is an export. */
const mostDocuments = 300;

/** Every trust policy and list of federated credentials in a text, JSON or YAML, or why there is none. An empty text has none. */
export async function read(
  text: string,
  parameters = '',
): Promise<{ readonly documents: readonly DocumentInFile[]; readonly problem?: Problem }> {
  if (text.trim() === '') return { documents: [] };
  try {
    const found = wholly(
      await documentsIn([{ name, text, isOfFolder: false }], { parameter: parametersIn(parameters) }),
    );
    const { length } = found.documents;
    if (length <= mostDocuments) return found;
    return {
      documents: [],
      problem: { message: `This text has ${length} documents: that is for the command, fedbridge trust audit.` },
    };
  } catch (error) {
    if (error instanceof FedbridgeError) return { documents: [], problem: problemOf(error) };
    throw error;
  }
}

/** `name=value`, between commas or line ends; what is none is not read. */
function parametersIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(/[,\n]/).map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair] as const);
  return Object.fromEntries(
    pairs.flatMap(([name, pair]) => (name === '' ? [] : [[name, pair.slice(pair.indexOf('=') + 1).trim()]])),
  );
}

/** Documents as a state to compare: two that stand alone are each other's, whatever they are called. */
export function alone(documents: readonly DocumentInFile[]): DocumentState {
  const [one, another] = documents;
  return one && !another ? { documents: [{ ...one, document: { ...one.document, address: '' } }] } : { documents };
}

/** An error with the place that stands before what it says. */
export function problemOf({ message, detail }: FedbridgeError): Problem {
  const [, line, column, what = message] = /^text:(\d+):(\d+)(?: \S+)?: ([\s\S]*)$/.exec(message) ?? [];
  const sentence = [what.charAt(0).toUpperCase() + what.slice(1), detail.hint].filter(Boolean).join(' ');
  if (line === undefined) return { message: sentence.replace(/^Text has/, 'This text has') };
  return { message: sentence, position: { line: Number(line), column: Number(column) } };
}
