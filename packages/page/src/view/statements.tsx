import { farthest, reaches, whomOf } from '@fedbridge/trust';
import type { CheckedDocument } from '../engine/check.ts';
import { AdmittedItem, classOf } from './admitted.tsx';

/** As many as a person looks through. */
const most = 50;

/** Each document with its ways in, those that reach farthest first. */
export function Statements({ documents }: { readonly documents: readonly CheckedDocument[] }) {
  if (documents.length === 0) return null;
  const sorted = [...documents].sort((one, other) => rankOf(one) - rankOf(other));
  return (
    <section aria-labelledby="statements">
      <h2 id="statements">{documents.length === 1 ? 'One by one' : `${documents.length} documents`}</h2>
      {sorted.slice(0, most).map((one, index) => (
        <DocumentItem key={index} document={one} isAlone={documents.length === 1} />
      ))}
      {documents.length > most && <p>And {documents.length - most} more.</p>}
    </section>
  );
}

function DocumentItem({ document, isAlone }: { readonly document: CheckedDocument; readonly isAlone: boolean }) {
  const { address, admitted, problem, position } = document;
  const list = (
    <>
      {problem && <p class="problem">Not read: {problem.message}</p>}
      {!problem && admitted.length === 0 && <p>It allows nobody.</p>}
      <ul class="admitted">
        {admitted.map((one, index) => (
          <AdmittedItem key={index} one={one} />
        ))}
      </ul>
    </>
  );
  if (isAlone) return list;
  return (
    <details class={`one ${classOf({ reach: farthest(admitted) })}`}>
      <summary>
        <strong>{address || `line ${position.line}`}</strong>: {problem ? 'not read' : worstOf(document)}
      </summary>
      {list}
    </details>
  );
}

function rankOf({ admitted, problem }: CheckedDocument): number {
  return problem ? Number.NEGATIVE_INFINITY : -reaches.indexOf(farthest(admitted));
}

function worstOf({ admitted }: CheckedDocument): string {
  const reach = farthest(admitted);
  const worst = admitted.find((one) => one.reach === reach);
  return worst ? whomOf(worst) : 'nobody';
}
