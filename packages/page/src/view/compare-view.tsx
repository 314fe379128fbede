import type { Admitted } from '@fedbridge/trust';
import type { Problem } from '../engine/source.ts';
import { AdmittedItem, asksFor } from './admitted.tsx';
import { Editor } from './editor.tsx';
import { marksOf } from './findings.tsx';
import { MineField } from './mine-field.tsx';
import type { ViewProps } from './state.ts';
import { useAnswer } from './use-answer.ts';

/** Two documents, and who is allowed by one of them alone. */
export function CompareView({ engine, state, change }: ViewProps) {
  const { text, before, mine } = state;
  const { outcome, isWorking } = useAnswer(engine, 'compare', { before, after: text, mine });
  const compared = outcome && 'answer' in outcome ? outcome.answer : undefined;
  const changes = text === '' && before === '' ? undefined : compared?.change;
  return (
    <>
      <div class="columns">
        <Editor
          label="Before"
          value={before}
          onInput={(next) => change({ before: next })}
          marks={marksOf([], compared?.beforeProblem)}
          problem={told(compared?.beforeProblem)}
          rows={18}
        />
        <Editor
          label="After"
          value={text}
          onInput={(next) => change({ text: next })}
          marks={marksOf([], compared?.afterProblem)}
          problem={told(compared?.afterProblem)}
          rows={18}
        />
      </div>
      <MineField value={mine} problem={compared?.mineProblem} onInput={(next) => change({ mine: next })} />
      <div class="columns results" aria-busy={isWorking}>
        <p role="status" class="hidden">
          {changes && `${changes.headings.gained} ${changes.headings.lost}`}
        </p>
        {outcome && 'failure' in outcome && <p class="problem">{outcome.failure}</p>}
        {!changes && (
          <p class="empty">Paste the old and the new document, and who is newly allowed or denied stands here.</p>
        )}
        {changes && <Changes {...changes} isAsked={asksFor(before + text)} />}
        {changes?.problems.map((one) => (
          <p key={one.message} class="problem">
            Not compared: {told(one)}
          </p>
        ))}
      </div>
    </>
  );
}

interface ChangesProps {
  readonly headings: { readonly gained: string; readonly lost: string };
  readonly gained: readonly Admitted[];
  readonly lost: readonly Admitted[];
  readonly isAsked: (name: string) => boolean;
}

function Changes({ headings, gained, lost, isAsked }: ChangesProps) {
  return (
    <>
      <section aria-labelledby="gained">
        <h2 id="gained">{headings.gained}</h2>
        <List all={gained} isAsked={isAsked} />
      </section>
      <section class="lost" aria-labelledby="lost">
        <h2 id="lost">{headings.lost}</h2>
        <List all={lost} isAsked={isAsked} />
      </section>
    </>
  );
}

function List({ all, isAsked }: { readonly all: readonly Admitted[]; readonly isAsked: (name: string) => boolean }) {
  return (
    <ul class="admitted">
      {all.map((one, index) => (
        <AdmittedItem key={index} one={one} isOpen isAsked={isAsked} />
      ))}
    </ul>
  );
}

function told(problem: Problem | undefined): string | undefined {
  if (!problem) return undefined;
  const { position, message } = problem;
  return position ? `Line ${position.line}, column ${position.column}: ${message}` : message;
}
