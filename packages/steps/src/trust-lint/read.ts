import type { FindingInFile, Parameters } from '@fedbridge/trust';
import { type DocumentInFile, documentsIn, notReadFinding, type SelectedFile } from '@fedbridge/trust-files';

/** What stands in files. */
export interface ReadFiles {
  readonly documents: readonly DocumentInFile[];
  /** Of files that cannot be read. */
  readonly faults: readonly FindingInFile[];
}

/** How files are read. */
export interface ReadOptions {
  readonly parameter: Parameters | undefined;
  /** Where the folder is in its repository, with a slash at its end: documents and findings have their files' paths in that. */
  readonly prefix: string;
}

/** Reads files of a folder. Those that hold no document, or none that can be read, do not keep the others from being read. */
export async function readFiles(
  files: AsyncIterable<SelectedFile> | Iterable<SelectedFile>,
  { parameter, prefix }: ReadOptions,
): Promise<ReadFiles> {
  const { documents, faults } = await documentsIn(within(prefix, files), { parameter });
  return { documents, faults: faults.map(notReadFinding) };
}

async function* within(prefix: string, files: AsyncIterable<SelectedFile> | Iterable<SelectedFile>) {
  for await (const file of files) yield { ...file, name: `${prefix}${file.name}` };
}
