import { Copy } from './copy.tsx';

interface DocumentProps {
  /** Names it. */
  readonly title: string;
  readonly text: string;
  /** What else can be done with it. */
  readonly actions?: readonly { readonly label: string; readonly act: () => void }[];
}

/** A text to take along. */
export function Document({ title, text, actions = [] }: DocumentProps) {
  return (
    <figure class="document">
      <figcaption>
        <span>{title}</span>
        <span class="actions">
          {actions.map(({ label, act }) => (
            <button key={label} type="button" onClick={act}>
              {label}
            </button>
          ))}
          <Copy text={text} label="Copy" />
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section class="code" tabIndex={0} aria-label={title}>
        <pre>{text}</pre>
      </section>
    </figure>
  );
}
