import type { sarif } from '@fedbridge/trust';
import type { Terminal } from '../../terminal.ts';

/** Prints findings as code scanning reads them; what it will not show is said to whoever watches. */
export function printSarif(log: ReturnType<typeof sarif>, terminal: Terminal): void {
  for (const { invocations = [] } of log.runs)
    for (const { toolExecutionNotifications } of invocations)
      for (const { message } of toolExecutionNotifications) terminal.log(message.text);
  terminal.printJson(log, 2);
}
