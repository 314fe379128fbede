import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './process.ts';
import { python } from './python.ts';

/** What of each command line, of words after `aws`, the AWS CLI does not have: commands and options. */
export function unknownToAws(lines: readonly (readonly string[])[]): string[][] {
  const args = [join(root, 'test', 'harness', 'aws-options.py'), JSON.stringify(lines)];
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8' }));
}
