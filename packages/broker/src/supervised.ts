import { brokerFiles } from './plan.ts';

/** The descriptor at which the supervisor and the broker have the socket that listens. */
export const listener = 3;

/**
 * A shell around the broker, its supervisor. It holds the socket that listens too, so that the port is nobody else's for as long as the
 * job runs: a broker that is killed, as by a machine short of memory, is started again with the same plan and answers whoever waits there
 * meanwhile. A broker that exits with 0 was not wanted any more; then, or when there is no folder or it never came to serve, the
 * supervisor removes what there is of it and ends. What is in their memory shall not end up in a file: no core dumps.
 *
 * Only what every `sh` has built in is needed but for `rm`, `sleep` and, to be faster, `cat`. The plan is in no argument: `echo` is a
 * builtin everywhere.
 *
 * @param command - with its arguments, what reads the plan from standard input
 * @param files - that it removes
 */
export function supervised(
  command: readonly string[],
  files: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  const script = `ulimit -c 0
plan=$(cat) || IFS= read -r plan
echo "$plan" | "$@"
ended=$?
until [ $ended = 0 ] || [ -e ${brokerFiles.stop} ] || [ ! -e ${brokerFiles.status} ]; do
  sleep 1 ${listener}<&- >/dev/null &
  echo "$plan" | "$@" >/dev/null
  ended=$?
  wait
done
rm -f ${files.join(' ')}
exit $ended`;
  return { command: '/bin/sh', args: ['-c', script, 'sh', ...command] };
}
