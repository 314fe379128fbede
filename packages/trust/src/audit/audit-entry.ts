import { reachesOthers } from '../who/admitted.ts';
import { exampleIn } from '../who/sentence.ts';
import { type AuditEntry, reachOfEntry } from './audit.ts';

/** The subject of somebody else's token, or the ARN of somebody else; undefined where there is nobody else. */
export function exampleOf(entry: AuditEntry): string | undefined {
  const reach = reachOfEntry(entry);
  if (!reach || !reachesOthers(reach)) return undefined;
  const one = entry.admitted.find((some) => some.reach === reach && some.witness);
  return one && exampleIn(one);
}

/** Whether services of AWS are allowed, for the account of the role, and nobody else. */
export function isForServicesAlone({ admitted, error }: AuditEntry): boolean {
  const isAny = admitted.some(({ isOfService }) => isOfService);
  return !error && isAny && admitted.every(({ reach, isOfService }) => isOfService || reach === 'nobody');
}
