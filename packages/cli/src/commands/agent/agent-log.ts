import { Option } from 'commander';
import type { Cli } from '../../command-line.ts';

/** Lines, or a JSON object a line. */
export type LogFormat = 'text' | 'json';

/** The option `--log-format`. */
export function logFormatOption(): Option {
  return new Option('--log-format <format>', 'how the log is written: lines, or a JSON object a line')
    .choices(['text', 'json'])
    .default('text');
}

/**
 * Settles how the log is written.
 *
 * @param about - what every object of it says beside
 * @returns what the agent's own lines are given to; undefined where they are printed as they are
 */
export function agentLog(
  format: LogFormat,
  about: object,
  { terminal, system }: Cli,
): ((line: string) => void) | undefined {
  if (format === 'text') return undefined;
  const record = (source: 'fedbridge' | 'agent') => (message: string) =>
    JSON.stringify({ time: new Date(system.now()).toISOString(), source, ...about, message });
  terminal.logAs(record('fedbridge'));
  return (line) => terminal.log(line, record('agent'));
}
