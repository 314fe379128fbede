import type { Host } from './host.ts';

/**
 * Warns of a variable of the job that has others accept any certificate. A step verifies certificates, whatever it says.
 *
 * @param whom - who follows it
 */
export function warnOfUnverifiedTls(host: Pick<Host, 'warning'>, variable: string, whom: string): void {
  host.warning(
    `${variable} is set in this job: ${whom} in later steps accept any certificate, so that a secret may be sent to a stranger. ` +
      'This step does not follow it.',
  );
}
