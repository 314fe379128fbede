import { titleOf, whomOf } from '@fedbridge/trust';
import { useId } from 'preact/hooks';
import type { FixedDocument } from '../engine/fixed.ts';
import { Document } from './document.tsx';

interface FixedProps {
  readonly fixed: FixedDocument;
  /** Which document it is, of several. */
  readonly address: string;
  /** Undefined where it would not take the place of all that was given. */
  readonly onUse?: ((text: string) => void) | undefined;
  readonly onCompare?: ((text: string) => void) | undefined;
}

/** What was put right in a document, who is allowed by that, and the document. */
export function Fixed({ fixed: { text, fixes, left, sentence, gained }, address, onUse, onCompare }: FixedProps) {
  const id = useId();
  const actions = [
    ...(onUse ? [{ label: 'Use it', act: () => onUse(text) }] : []),
    ...(onCompare ? [{ label: 'Compare', act: () => onCompare(text) }] : []),
  ];
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        Fixed without a decision: {fixes.length}
        {address !== '' && ` in ${address}`}
      </h2>
      <ul class="fixes">
        {fixes.map(({ rule, where, what, widens }, index) => (
          <li key={index}>
            <code class="where">{where}</code> {what} {widens && <strong class="widens">May allow more.</strong>}{' '}
            <span class="rule">{rule}</span>
          </li>
        ))}
      </ul>
      {sentence !== '' && <p>With that: {sentence}</p>}
      {gained.map((one, index) => (
        <p key={index} class="widens">
          Newly allowed by {one.where}, {titleOf(one.issuer)}: {whomOf(one)},{' '}
          <code>{String(one.witness?.claims.sub ?? '')}</code>
        </p>
      ))}
      <p class="hint">
        {left.length === 0
          ? 'Nothing is left to decide.'
          : `Left, since somebody has to decide: ${[...new Set(left.map(({ rule }) => rule))].join(', ')}.`}
      </p>
      <Document title={address === '' ? 'The fixed document' : `${address}, fixed`} text={text} actions={actions} />
    </section>
  );
}
