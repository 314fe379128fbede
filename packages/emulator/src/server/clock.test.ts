import { expect, it } from 'vitest';
import { EmulatorClock } from './clock.ts';

it('is real time, moved by whole seconds to either side, and told in whole seconds', () => {
  const clock = new EmulatorClock();
  const at = (moved: number) => {
    const [before, now, after] = [Date.now(), clock.now(), Date.now()];
    expect(now).toBeGreaterThanOrEqual(before + moved);
    expect(now).toBeLessThanOrEqual(after + moved);
    expect(Number.isInteger(clock.seconds())).toBe(true);
  };
  at(0);
  clock.advance(3600);
  at(3_600_000);
  clock.advance(-7200);
  at(-3_600_000);
});
