import { useEffect, useState } from 'preact/hooks';
import type { Kind, Questions } from '../engine/answer.ts';
import type { Engine, Outcome } from '../worker.ts';

/** How long a person who types is waited for, in ms. */
const pause = 150;

/** What is known so far. */
export interface Answered<K extends Kind> {
  /** Of the last question that was answered. */
  readonly outcome: Outcome<K> | undefined;
  readonly isWorking: boolean;
}

/** The answer to a question, asked whenever one of its texts changes. */
export function useAnswer<K extends Kind>(
  engine: Engine,
  kind: K,
  texts: Omit<Questions[K]['question'], 'now'>,
): Answered<K> {
  const [outcome, setOutcome] = useState<Outcome<K>>();
  const [isWorking, setWorking] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    setWorking(true);
    const timer = setTimeout(() => {
      const question = { ...texts, now: Math.floor(Date.now() / 1000) } as Questions[K]['question'];
      engine.ask(kind, question, (next) => {
        if (!isCurrent) return;
        setOutcome(next);
        setWorking(false);
      });
    }, pause);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [engine, kind, ...Object.values(texts)]);
  return { outcome, isWorking };
}
