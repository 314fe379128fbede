import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

const limits = {
  'aws-credentials': 500_000,
  'entra-token': 400_000,
  'id-token': 250_000,
  'token-exchange': 350_000,
  'trust-lint': 600_000,
};
const tasks = {
  'aws-credentials': 'FedbridgeAwsCredentials',
  'entra-token': 'FedbridgeEntraToken',
  'id-token': 'FedbridgeIdToken',
  'token-exchange': 'FedbridgeTokenExchange',
  'trust-lint': 'FedbridgeTrustLint',
};

const bundles = Object.entries(limits).flatMap(([step, limit]) => [
  { folder: `actions/${step}`, limit },
  { folder: `tasks/${tasks[step as keyof typeof tasks]}`, limit },
]);

describe.each(bundles)('$folder', ({ folder, limit }) => {
  const scripts = readdirSync(join(root, folder, 'dist'), { recursive: true })
    .map((file) => join(root, folder, 'dist', String(file)))
    .filter((file) => file.endsWith('.js'));

  it.each(['main', 'post'])(`%s has at most ${limit / 1000} kB`, (entry) => {
    const own = scripts.filter((file) => file.startsWith(join(root, folder, 'dist', entry)));
    expect(own.length).toBeGreaterThan(0);
    expect(own.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThanOrEqual(limit);
  });

  it('names no folder of the machine that built it and carries its licences', () => {
    for (const script of scripts) expect(readFileSync(script, 'utf8')).not.toContain(root);
    const licenses = readFileSync(join(root, folder, 'dist/main/licenses.txt'), 'utf8');
    // What checks has nothing to do with tokens.
    expect(licenses.includes('jose')).toBe(!folder.toLowerCase().replace('-', '').includes('trustlint'));
    expect(licenses.includes('@aws-sdk/client-sts')).toBe(folder.toLowerCase().includes('aws'));
  });
});

it('a broker has nothing that runs a program', () => {
  const brokers = bundles.map(({ folder }) => join(root, folder, 'dist/broker')).filter((folder) => existsSync(folder));
  expect(brokers).toHaveLength(6);
  for (const broker of brokers) expect(readFileSync(join(broker, 'licenses.txt'), 'utf8')).not.toContain('cross-spawn');
});

it("a broker has its own cloud's endpoint, and nothing else has it", () => {
  const endpoints = {
    'aws-credentials': 'The authorization token is wrong.',
    'entra-token': 'X-IDENTITY-HEADER is not the right one.',
  };
  const has = (text: string, folder: string) =>
    readdirSync(join(root, folder, 'dist'), { recursive: true })
      .map((file) => join(folder, 'dist', String(file)))
      .filter((file) => file.endsWith('.js') && readFileSync(join(root, file), 'utf8').includes(text));
  for (const [step, text] of Object.entries(endpoints)) {
    const owners = [`actions/${step}`, `tasks/${tasks[step as keyof typeof tasks]}`];
    const found = bundles.flatMap(({ folder }) => has(text, folder));
    expect(found).toEqual(owners.map((folder) => join(folder, 'dist', 'broker', 'index.js')));
  }
});
