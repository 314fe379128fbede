/** `pnpm soak`: over a thousand lifetimes of credentials, with real clients, faults, and an outage. Fails if a client does. */
import { soak } from './soak.ts';

const seconds = Number(process.argv[2] ?? 860);
const { clients, failuresInOutage, renewals, exchanges, lifetimes } = await soak({
  seconds,
  lifetime: 10,
  outage: true,
  pause: 0.3,
});
for (const { name, calls, failures } of clients) {
  console.log(`${name.padEnd(60)} ${Number.isNaN(calls) ? '' : `${calls} calls, `}${failures.length} failed`);
  for (const message of new Set(failures)) console.log(`  ${message}`);
}
console.log(
  `${lifetimes} lifetimes, ${renewals} renewals, ${exchanges} exchanges; ${failuresInOutage} calls failed in the long outage`,
);
process.exitCode = clients.every(({ failures }) => failures.length === 0) ? 0 : 1;
