import { useId } from 'preact/hooks';

interface FileButtonProps {
  /** The id of what names the field that it is for. */
  readonly of: string;
  readonly onFile: (file: File | undefined) => void;
}

/** Takes a file of this machine. */
export function FileButton({ of, onFile }: FileButtonProps) {
  const id = useId();
  const take = (input: HTMLInputElement) => {
    onFile(input.files?.[0]);
    // The same file can be opened again once it has changed.
    input.value = '';
  };
  return (
    <span class="file">
      <label for={id}>Open a file</label>
      <input id={id} type="file" aria-describedby={of} onChange={({ currentTarget }) => take(currentTarget)} />
    </span>
  );
}
