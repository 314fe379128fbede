import { type Admitted, farthest } from '@fedbridge/trust';
import type { Standing } from '../engine/check.ts';
import { asksFor, Claims, classOf } from './admitted.tsx';

interface VerdictProps {
  readonly sentence: string;
  readonly standing: Standing;
  readonly all: readonly Admitted[];
  /** Whether who is ours was said. */
  readonly hasMine: boolean;
  /** What was given. */
  readonly text: string;
}

const words: Readonly<Record<Standing, string>> = {
  nobody: 'Nobody',
  'only mine': 'Only yours',
  'named others': 'Others, by name',
  'any account': 'Anybody',
  anybody: 'Anybody at all',
  'not known': 'Not all is known',
};

/** The one sentence, and the token that proves it. */
export function Verdict({ sentence, standing, all, hasMine, text }: VerdictProps) {
  const reach = farthest(all);
  const witness = all.find((one) => one.reach === reach && one.witness)?.witness;
  return (
    <section class={`verdict ${classOf({ reach: standing })}${hasMine ? ' told' : ''}`} aria-labelledby="verdict">
      <p class="reach">{standing === 'named others' && !hasMine ? 'By name' : words[standing]}</p>
      <h2 id="verdict">{sentence}</h2>
      {witness && (
        <>
          <h3>{reach === 'only mine' ? 'For example this token of yours' : 'This token is allowed, for example'}</h3>
          <Claims witness={witness} isAsked={asksFor(text)} />
        </>
      )}
    </section>
  );
}
