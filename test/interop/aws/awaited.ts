import type { Place } from './limits.ts';

/** Whether a machine is left out until what stands in the way there is neutralized. */
export const isAwaitedMachine = (title: string) => title !== 'a plain machine';

/** Whether a cell is left out until the delivery of profiles reaches clients that read no config file, or run no quoted program. */
export function isAwaited({ client, delivery, machine }: Omit<Place, 'role' | 'platform'>): boolean {
  if (isAwaitedMachine(machine) || delivery.includes('`roles`')) return true;
  if (/Debian|JavaScript v2|Java v1/.test(client)) return true;
  return /Go|rclone|Terraform/.test(client) && delivery === '`aws-profile`, `keep-fresh`';
}
