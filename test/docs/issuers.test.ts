import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  awsAudience,
  azureDevOpsApplication,
  azureDevOpsForm,
  azureDevOpsIssuerEnds,
  conditionKeysOf,
  entraAudience,
  entraClouds,
  immutableSubjectsSince,
  isAwsAudience,
  issuerOf,
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
  it('has five rows, of all forms of subjects', () => {
    expect(filled).toHaveLength(5);
    const forms = filled.map(([, , subject]) => azureDevOpsForm(code(subject)));
    expect(new Set(forms)).toEqual(new Set([undefined, 'pipeline', 'service connection']));
  });

  it.each(filled)('%s', (platform, issuer, subject, forAws, forEntra) => {
    const known = issuerOf(code(issuer).replace(/<[^>]+>/, guid));
    expect(known).toBeDefined();
    // A subject on the Entra issuer is Azure DevOps' all the same.
    expect(platform).toContain(known?.title === 'Entra' ? 'Azure Pipelines' : known?.title.split(' ')[0]);
    for (const [, one = ''] of (subject ?? '').matchAll(/`([^`]+)`/g)) expect(known?.subjectParts(one)).toBeDefined();
    const aws =
      known?.title === 'GitHub Actions'
        ? awsAudience('aws')
        : known?.title === 'Entra'
          ? azureDevOpsApplication
          : entraAudience.uri;
    expect(code(forAws)).toBe(aws);
    const isPipeline = azureDevOpsForm(code(subject)) === 'pipeline';
    expect(code(forEntra)).toBe(isPipeline ? '—' : entraAudience.uri);
    expect(platform.includes('no service connection')).toBe(isPipeline);
    const isOld = azureDevOpsForm(code(subject)) === 'service connection';
    expect(platform.includes(`stops on ${azureDevOpsIssuerEnds}`)).toBe(isOld);
  });
});

/** What users read: all pages, and the READMEs of packages. */
const pages = [
  'README.md',
  ...markdownIn('docs'),
  ...readdirSync(join(root, 'packages')).flatMap((name) => markdownIn(join('packages', name), false)),
].map((name) => [name, readFileSync(join(root, name), 'utf8')] as const);

function markdownIn(folder: string, recursive = true): readonly string[] {
  const all = readdirSync(join(root, folder), { encoding: 'utf8', recursive });
  return all.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

/** Where tokens of known issuers are signed. */
const host =
  /(?:https:\/\/)?(?:token\.actions\.githubusercontent|vstoken(?:\.[\w-]+)*|login\.microsoftonline|login\.chinacloudapi|sts\.windows|gitlab|app\.terraform|app\.eu\.terraform|agent\.buildkite|oidc\.circleci|api\.bitbucket|accounts\.google)\.(?:com|net|cn|us|io|org)/
    .source;
/** Not within the name of another host, docs.gitlab.com. */
const addresses = new RegExp(`(?<![\\w.-])${host}[^\\s\`"|),'*]*`, 'g');

/** What stands on such a host and is no issuer. */
const others = [
  // Of what is no issuer, and lint says so.
  'https://token.actions.githubusercontent.com.evil.example',
  // Where tokens of Entra are asked for.
  'https://login.microsoftonline.com.',
  'https://login.microsoftonline.com/',
  'login.microsoftonline.com',
  // GitLab's own source.
  'https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/ci/jwt_v2.rb',
];

/** What Microsoft says of an error. */
const errorPage = /^https:\/\/login\.microsoftonline\.com\/error\?code=\d+$/;

describe('what pages say of issuers', () => {
  it.each(pages)('%s: addresses and condition keys', (_name, text) => {
    const found = [...text.matchAll(addresses)]
      .map(([address]) => address)
      .filter((one) => !others.includes(one) && !errorPage.test(one));
    for (const address of found) {
      const [, name = '', key] = /^(?:https:\/\/)?([^:]*?)[.}]?(?::([\w-]*).*)?$/.exec(address) ?? [];
      const iss = `https://${name.replace(/<[^>]*>?/g, guid)}`;
      // A line of a page may end within a placeholder.
      const issuers = [iss, `${iss}/v2.0`, `${iss}/`, iss.replace(/\/$/, '')].filter((one) => issuerOf(one));
      expect(issuers, address).not.toEqual([]);
      if (key)
        expect(
          conditionKeysOf(iss).map((one) => one.name),
          address,
        ).toContain(key);
    }
  });

  it.each(pages)('%s: audiences', (_name, text) => {
    const exchanges = Object.values(entraClouds).map((cloud): string | undefined => cloud.audience);
    for (const [audience] of text.matchAll(/api:\/\/AzureAD\w*/g)) expect(exchanges).toContain(audience);
    for (const [audience] of text.matchAll(/\bsts\.amazonaws\.com(?:\.\w+)?\b/g))
      expect(isAwsAudience(audience), audience).toBe(true);
    for (const [id] of text.matchAll(/\b(?:fb60f99c|499b84ac)[\da-f-]*/g))
      expect([entraAudience.clientId, azureDevOpsApplication]).toContain(id);
  });

  it('names each of both, of which something is known', () => {
    const all = pages.map(([, text]) => text).join('\n');
    expect([...all.matchAll(addresses)].length).toBeGreaterThan(10);
    for (const one of [entraAudience.uri, entraAudience.clientId, azureDevOpsApplication, awsAudience('aws-cn')])
      expect(all).toContain(one);
  });

  it('says the days on which something ends', () => {
    // The days on which answers were read are others.
    const texts = pages.map(([name, text]) => (name.endsWith('conformance.md') ? text.replace(/^\|.*$/gm, '') : text));
    const days = texts.flatMap((text) => text.match(/\b20(26-07|27)-\d\d(-\d\d)?\b/g) ?? []);
    expect(new Set(days)).toEqual(new Set([azureDevOpsIssuerEnds, immutableSubjectsSince]));
  });
});
