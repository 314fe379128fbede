import type { Admitted, Reach } from '@fedbridge/trust';
import { Claims, classOf } from './admitted.tsx';

interface VerdictProps {
  readonly sentence: string;
  readonly reach: Reach;
  readonly all: readonly Admitted[];
  /** Whether who is ours was said. */
  readonly hasMine: boolean;
}

const words: Readonly<Record<Reach, string>> = {
  nobody: 'Nobody',
  'only mine': 'Only yours',
  'named others': 'Others, by name',
  'any account': 'Anybody',
};

/** The one sentence, and the token that proves it. */
export function Verdict({ sentence, reach, all, hasMine }: VerdictProps) {
  const witness = all.find((one) => one.reach === reach && one.witness)?.witness;
  return (
    <section class={`verdict ${classOf({ reach })}${hasMine ? ' told' : ''}`} aria-labelledby="verdict">
      <p class="reach">{reach === 'named others' && !hasMine ? 'By name' : words[reach]}</p>
      <h2 id="verdict">{sentence}</h2>
      {witness && (
        <>
          <h3>{reach === 'only mine' ? 'For example this token of yours' : 'This token is allowed, for example'}</h3>
          <Claims witness={witness} />
        </>
      )}
    </section>
  );
}
