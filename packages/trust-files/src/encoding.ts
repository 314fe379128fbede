import { FedbridgeError } from '@fedbridge/core/error';
import { type Position, positionAt } from '@fedbridge/trust';

/**
 * The text in bytes: UTF-8, or UTF-16 as PowerShell's `>` writes it, without a byte order mark.
 *
 * @param what - names it
 * @throws FedbridgeError `INPUT_INVALID` for what is no text
 */
export function decoded(bytes: Uint8Array, what: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const { line, column } = endOfText(bytes, encoding);
    const place = `line ${line}, column ${column}`;
    throw new FedbridgeError('INPUT_INVALID', `${what} is not text in ${encoding.toUpperCase()}: ${place}.`, {
      ...(isZip(bytes) ? { hint: 'A saved plan of Terraform is read as "terraform show -json" prints it.' } : {}),
    });
  }
}

/** Where bytes stop being text. */
function endOfText(bytes: Uint8Array, encoding: string): Position {
  const beginning = (length: number, fatal: boolean) =>
    new TextDecoder(encoding, { fatal }).decode(bytes.subarray(0, length), { stream: true });
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    try {
      beginning(middle, true);
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  const text = beginning(low, false);
  return positionAt(text, text.length);
}

/** By its mark; without one by where the zero bytes of its first character are, which is ASCII in all that is read here. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second)) return 'utf-16be';
  return 'utf-8';
}

const isZip = ([first, second]: Uint8Array) => first === 0x50 && second === 0x4b;
