import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';
import { python, pythonHas } from '../harness/python.ts';

const bicep = readFileSync(join(root, 'deploy/container-apps/agents.bicep'), 'utf8');
const { versions } = JSON.parse(readFileSync(join(root, 'test/schemas/keda-azure-pipelines.json'), 'utf8')) as {
  versions: Readonly<Record<string, { metadata: readonly string[] }>>;
};
const hasParser = pythonHas('hcl2', 'cfnlint', 'policyuniverse', 'tree_sitter', 'tree_sitter_bicep');

describe('agents as a job of Azure Container Apps', () => {
  it.skipIf(!hasParser)('are Bicep (skipped: no parser of Bicep on this machine)', () => {
    const script = join(import.meta.dirname, 'parse-trust.py');
    const errorsIn = (text: string) => {
      const input = JSON.stringify({ format: 'bicep', text });
      return JSON.parse(spawnSync(python, [script], { input, encoding: 'utf8' }).stdout);
    };
    expect(errorsIn(bicep)).toEqual([]);
    expect(errorsIn(bicep.replace("type: 'UserAssigned'", 'type: UserAssigned {'))).not.toEqual([]);
  });

  it('are scaled by names that every KEDA reads: which one the service has is not known', () => {
    const rule = bicep.slice(bicep.indexOf('metadata: union('), bicep.indexOf('template: {'));
    const names = [...rule.matchAll(/[{,] ?(\w+): /g)].flatMap(([, name = '']) => name);
    expect(names).toEqual(['poolID', 'demands']);
    for (const { metadata } of Object.values(versions)) expect(metadata).toEqual(expect.arrayContaining(names));
  });

  it('take the identity for both, and no secret', () => {
    expect(bicep.match(/identity: identity\.id/g)).toHaveLength(2);
    expect(bicep).not.toMatch(/personalAccessToken|@secure/);
  });
});
