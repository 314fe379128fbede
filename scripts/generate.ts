/**
 * Writes action.yml, task.json and the reference page of every step from its definition, and the owner and release of owner.json into
 * examples. With --check it writes nothing and fails when a
 * file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskManifest } from '@fedbridge/azure-pipelines/manifest';
import { actionManifest } from '@fedbridge/github/manifest';
import { steps } from '@fedbridge/steps';
import { stringify } from 'yaml';
import { applyOwner, readOwner, referenceUrl } from './owner.ts';
import { referencePage, rulesPage } from './reference.ts';

const root = join(import.meta.dirname, '..');
const owner = readOwner(root);
const check = process.argv.includes('--check');
const stale = steps.flatMap((step) => {
  const task = join('tasks', step.task.name);
  const { version } = JSON.parse(readFileSync(join(root, task, 'package.json'), 'utf8')) as { version: string };
  const notice = `Generated from packages/steps/src/${step.name}.ts by "pnpm generate". Do not edit.`;
  return [
    write(
      join('actions', step.name, 'action.yml'),
      `# ${notice}\n${stringify(actionManifest(step), { lineWidth: 110 })}`,
    ),
    write(join('docs', 'reference', `${step.name}.md`), `<!-- ${notice} -->\n\n${referencePage(step, owner)}`),
    write(
      join(task, 'task.json'),
      `${JSON.stringify(taskManifest(step, version, referenceUrl(owner, step.name)), null, 2)}\n`,
    ),
  ].filter((file) => file !== undefined);
});

const rulesFile = write(
  join('docs', 'reference', 'trust-rules.md'),
  `<!-- Generated from packages/trust/src/rules.ts, rules/*.ts and audit/audit-rules.ts by "pnpm generate". Do not edit. -->\n\n${rulesPage()}`,
);
if (rulesFile) stale.push(rulesFile);
stale.push(...applyOwner(root, owner, check ? 'check' : 'write'));

if (check && stale.length > 0) {
  console.error(`Stale, run "pnpm generate": ${stale.join(', ')}`);
  process.exitCode = 1;
}

/** Returns the file's name if it was not as it should be. */
function write(file: string, content: string): string | undefined {
  const path = join(root, file);
  let current: string | undefined;
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    current = undefined;
  }
  if (current === content) return undefined;
  if (!check) writeFileSync(path, content);
  return file;
}
