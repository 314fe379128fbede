import type { System } from '@fedbridge/core';

/** A name for a file or folder of a step's own, which no other step has: `fedbridge-` and twenty digits and small letters. */
export function newName({ random }: Pick<System, 'random'>): string {
  const digits = () => random().toString(36).slice(2, 12).padEnd(10, '0');
  return `fedbridge-${digits()}${digits()}`;
}
