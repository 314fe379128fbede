import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerPlan } from '../../packages/broker/src/plan.ts';

/** A program in the place of a broker, which serves nothing and keeps what it was told to serve. */
export function standInBroker() {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-broker-'));
  const [script, told] = [join(folder, 'broker.mjs'), join(folder, 'plan')];
  const port = 4711;
  const work = `import { readFileSync, writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(told)}, readFileSync(0, 'utf8'));
    console.log(JSON.stringify({ port: ${port} }));`;
  writeFileSync(script, work);
  const plan = () => JSON.parse(Buffer.from(readFileSync(told, 'utf8'), 'base64').toString()) as BrokerPlan;
  return { script, origin: `http://127.0.0.1:${port}`, plan };
}
