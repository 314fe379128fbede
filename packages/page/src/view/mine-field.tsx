import { useId } from 'preact/hooks';

interface MineFieldProps {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onInput: (text: string) => void;
  /** Owners that are allowed, as they are written here. */
  readonly suggestions?: readonly string[];
}

/** Who is ours, as `--mine` takes it. */
export function MineField({ value, problem, onInput, suggestions = [] }: MineFieldProps) {
  const id = useId();
  const described = [`${id}-hint`, problem ? `${id}-problem` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>Yours</label>
      <p class="hint" id={`${id}-hint`}>
        Owners, between commas: <code>github:octo@65001</code>, <code>azure-pipelines:contoso</code>,{' '}
        <code>account:123456789012</code>
      </p>
      <input
        id={id}
        type="text"
        value={value}
        aria-describedby={described}
        aria-invalid={problem ? true : undefined}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      {suggestions.length > 0 && (
        <p class="suggestions">
          Is this yours?{' '}
          {suggestions.map((owner) => (
            <button
              key={owner}
              type="button"
              onClick={() => onInput([value.trim().replace(/,$/, ''), owner].filter(Boolean).join(', '))}
            >
              {owner}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}
