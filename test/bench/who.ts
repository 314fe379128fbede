/**
 * Who is allowed by each document of the corpus: CPU of one question, as `fedbridge trust who` asks it, with nothing made before, and as
 * an audit asks it among others. Beside it, in the same rounds, a bare Node as the measure of the machine.
 */
import { spawnSync } from 'node:child_process';
import {
  type Grant,
  grantsOfCredentials,
  grantsOfPolicy,
  type Mine,
  parseMine,
  parseTrustPolicy,
  readFederatedCredential,
  whoIsGranted,
} from '@fedbridge/trust';
import { credentialLists, trustPolicies } from '../../packages/trust/src/lint.corpus.ts';
import { machine, median, table, writeFigures } from './pages.ts';

const rounds = 7;
const now = 1_790_000_000;
const owners = ['github:octo@65001', 'azure-pipelines:contoso', 'gitlab:acme', 'account:123456789012'];
const ours = owners.map((text) => parseMine(text) as Mine);

const documents = [
  ...trustPolicies.flatMap(({ title, document }) => {
    const grants = grantsIn(document);
    return grants ? [{ title, grants, alone: [] as number[], among: [] as number[] }] : [];
  }),
  ...credentialLists.map(({ title, document }) => {
    const credentials = (document as unknown[]).flatMap((one) => readFederatedCredential(one) ?? []);
    return { title, grants: grantsOfCredentials(credentials), alone: [] as number[], among: [] as number[] };
  }),
];
const bare: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  bare.push(bareNode());
  for (const { grants, alone } of documents) alone.push(cpuOf(grants, [...ours]));
  for (const { grants, among } of documents) among.push(cpuOf(grants, ours));
}

const unit = median(bare);
const rows = (['alone', 'among'] as const).map((kind) => {
  const each = documents.map((one) => median(one[kind])).sort((one, other) => one - other);
  const [half, last, most] = [0.5, 0.99, 1].map((share) => each[Math.ceil(share * each.length) - 1] ?? Number.NaN);
  const cells = [half, last, most].map((ms = Number.NaN) => `${ms.toFixed(1)} ms, ${(ms / unit).toFixed(2)} ×`);
  return [kind === 'alone' ? 'by itself' : 'among the others', ...cells];
});
const head = ['', 'median', 'p99', 'the most'];
const measure = `${machine()}; ${documents.length} documents, CPU, and how many times that of a bare \`node -e 0\` (${unit.toFixed(0)} ms).`;
writeFigures('performance.md', 'who', `${measure}\n\n${table(head, rows)}`);

/** @returns undefined for a document that IAM does not take */
function grantsIn(document: unknown): readonly Grant[] | undefined {
  try {
    return grantsOfPolicy(parseTrustPolicy(document), now);
  } catch {
    return undefined;
  }
}

/** In ms. @param mine - what is made for one list of owners serves for all questions that have the same list */
function cpuOf(grants: readonly Grant[], mine: readonly Mine[]): number {
  const begin = process.cpuUsage();
  for (const grant of grants) whoIsGranted(grant, mine, now);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

function bareNode(): number {
  const script = 'const {user, system} = process.cpuUsage(); console.log((user + system) / 1000)';
  return Number(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout);
}
