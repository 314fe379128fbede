import { FedbridgeError } from '@fedbridge/core/error';
import { decoded } from '@fedbridge/trust-files';
import { useId, useState } from 'preact/hooks';

/** In bytes, as the command has it. */
const mostBytes = 16 * 1024 * 1024;

/** The text of a file. @throws FedbridgeError `INPUT_INVALID` for what is none, or too much */
async function textOf(file: File): Promise<string> {
  if (file.size > mostBytes)
    throw new FedbridgeError(
      'INPUT_INVALID',
      `${file.name} has more than ${mostBytes} bytes: "fedbridge trust audit" takes more.`,
    );
  return decoded(new Uint8Array(await file.arrayBuffer()), file.name);
}

/** Reads a file of this machine; it goes nowhere else. @param of - the id of what names the field that it is for */
export function FileButton({ of, onText }: { readonly of: string; readonly onText: (text: string) => void }) {
  const id = useId();
  const [problem, setProblem] = useState('');
  const open = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    // The same file can be opened again once it has changed.
    input.value = '';
    if (!file) return;
    try {
      onText(await textOf(file));
      setProblem('');
    } catch (error) {
      if (!(error instanceof FedbridgeError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <span class="file">
      <label for={id}>Open a file</label>
      <input id={id} type="file" aria-describedby={of} onChange={({ currentTarget }) => open(currentTarget)} />
      <span role="status" class="problem">
        {problem}
      </span>
    </span>
  );
}
