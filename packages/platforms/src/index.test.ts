import { expect, it } from 'vitest';
import { jobFiles, platforms } from './index.ts';

it('each platform says how its jobs are written', () => {
  expect(jobFiles.map(({ platform }) => platform)).toEqual(platforms.map(({ name }) => name));
  expect(new Set(jobFiles.map(({ kind }) => kind)).size).toBe(platforms.length);
});

it.each(jobFiles)(
  '$platform asks for the repository or project first, and for nothing twice',
  ({ kind, questions }) => {
    const options = questions({}).map(({ option }) => option);
    expect(options[0]).toBe(kind);
    expect(new Set(options).size).toBe(options.length);
  },
);
