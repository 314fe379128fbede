import { describe, expect, it } from 'vitest';
import { realSystem, systemWithoutPrograms } from './system.ts';

const environment = { PATH: process.env.PATH };
const call = { program: process.execPath, args: ['-e', 'console.log(7)'], environment, withinMs: 20_000 };

describe('the programs of a machine', () => {
  it('are found and run', async () => {
    const system = realSystem(environment);
    expect(await system.hasProgram('sh')).toBe(true);
    expect(await system.run(call)).toEqual({ exitCode: 0, output: '7\n' });
  });

  it('are neither where a process is to run none', async () => {
    const system = systemWithoutPrograms(environment);
    expect(await system.hasProgram('sh')).toBe(false);
    await expect(system.run(call)).rejects.toThrow('This process runs no programs');
  });
});
