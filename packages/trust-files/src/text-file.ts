import { FedbridgeError } from '@fedbridge/core/error';
import type { Position } from '@fedbridge/trust';

/** A file that was read. */
export interface TextFile {
  /** As it was named, or below the folder that was; `stdin`. */
  readonly name: string;
  readonly text: string;
  /** Whether it was not named itself: it may be anything. */
  readonly isOfFolder: boolean;
  /** Why it is not read. What stands in `text` are its bytes then, a character each; nothing where they are not known. */
  readonly fault?: FedbridgeError;
}

/** A file of which nothing is read, and why. */
export interface FileFault {
  readonly file: string;
  readonly error: FedbridgeError;
}

/** Why nothing of a file is read, and where in it. */
export class FileError extends FedbridgeError {
  readonly file: string;
  readonly position: Position;
  /** A clause. */
  readonly what: string;

  constructor(file: string, position: Position, what: string, hint?: string) {
    super('INPUT_INVALID', `${placeIn(file, position)}: ${what}.`, { hint });
    this.file = file;
    this.position = position;
    this.what = what;
  }
}

/** As compilers print it, so that editors open it. */
export function placeIn(file: string, { line, column }: Position): string {
  return `${file}:${line}:${column}`;
}
