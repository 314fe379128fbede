import { FedbridgeError } from '@fedbridge/core/error';
import { decoded } from '@fedbridge/trust-files';
import { useState } from 'preact/hooks';

/** In bytes, as the command has it. */
export const mostBytes = 16 * 1024 * 1024;

/** Reads a file of this machine, which goes nowhere else. @returns why one was not read, a sentence, beside what reads it */
export function useFile(onText: (text: string) => void): {
  readonly open: (file: File | undefined) => Promise<void>;
  readonly problem: string;
} {
  const [problem, setProblem] = useState('');
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      onText(await textOf(file));
      setProblem('');
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      setProblem(error.message);
    }
  };
  return { open, problem };
}

async function textOf(file: File): Promise<string> {
  const { name, size } = file;
  if (size <= mostBytes) return decoded(new Uint8Array(await file.arrayBuffer()), name);
  const message = `${name} has more than ${mostBytes} bytes: "fedbridge trust audit" takes more.`;
  throw new FedbridgeError('INPUT_INVALID', message);
}
