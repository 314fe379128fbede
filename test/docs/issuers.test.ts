import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  awsAudience,
  azureDevOpsApplication,
  azureDevOpsIssuerEnds,
  immutableSubjectsSince,
  issuerOf,
  tokenExchange,
} from '@fedbridge/issuers';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const guid = '0b1f6471-1bf0-4dda-aec3-111122223333';

/** The table of what a cloud must trust, a cell that says "the same" as the one above it. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(
    ([platform = '', issuer = '']) => /^(GitHub|Azure Pipelines)/.test(platform) && /^(`https|the same)/.test(issuer),
  );
const filled: string[][] = [];
for (const row of rows)
  filled.push(row.map((cell, column) => (cell === 'the same' ? (filled.at(-1)?.[column] ?? '') : cell)));
const code = (cell = '') => /`([^`]+)`/.exec(cell)?.[1] ?? cell;

describe("README's table of what to trust", () => {
  it('has five rows', () => expect(filled).toHaveLength(5));

  it.each(filled)('%s', (platform, issuer, subject, forAws, forEntra) => {
    const known = issuerOf(code(issuer).replace(/<[^>]+>/, guid));
    expect(known).toBeDefined();
    // A subject on the Entra issuer is Azure DevOps' all the same.
    expect(platform).toContain(known?.title === 'Entra' ? 'Azure Pipelines' : known?.title.split(' ')[0]);
    expect(known?.subjectParts(code(subject))).toBeDefined();
    const aws =
      known?.title === 'GitHub Actions'
        ? awsAudience('aws')
        : known?.title === 'Entra'
          ? azureDevOpsApplication
          : tokenExchange.uri;
    expect(code(forAws)).toBe(aws);
    expect(['—', tokenExchange.uri]).toContain(code(forEntra));
  });

  it('and all pages say the days on which something ends', () => {
    const pages = readdirSync(join(root, 'docs'), { encoding: 'utf8', recursive: true }).filter((name) =>
      name.endsWith('.md'),
    );
    const texts = [readme, ...pages.map((name) => readFileSync(join(root, 'docs', name), 'utf8'))];
    const days = texts.flatMap((text) => text.match(/\b20(26-07|27)-\d\d(-\d\d)?\b/g) ?? []);
    expect(new Set(days)).toEqual(new Set([azureDevOpsIssuerEnds, immutableSubjectsSince]));
  });
});
