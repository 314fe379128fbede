import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { machineEnvironment, type Variables } from '../harness/process.ts';

/** Runs a program of others to its end. @throws Error with what it said, where it fails */
export async function run(program: string, args: readonly string[], environment: Variables): Promise<string> {
  const options = { env: { ...machineEnvironment('/nonexistent'), ...environment }, maxBuffer: 100_000_000 };
  return (await promisify(execFile)(program, args, options)).stdout;
}
