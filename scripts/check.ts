/** All that must hold beside the tests, a line each. Ends as failed if one does not hold. */
import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenReferences } from './references.ts';
import { unnamedCodes } from './thrown-codes.ts';
import { untestedSources } from './untested-sources.ts';
import { workflowProblems } from './workflows.ts';

const root = join(import.meta.dirname, '..');
const workflows = join(root, '.github', 'workflows');
/** What is compiled, but for tests, the policies that they are made of, and the emulator and the cases for relying parties, which hold their own. */
const sourcesBesideIssuers = [
  ...[
    ':(glob)packages/*/src/**/*.ts',
    ':(glob)packages/*/src/**/*.tsx',
    ':(glob)actions/*/src/**',
    ':(glob)tasks/*/src/**',
  ],
  ...[':!packages/issuers', ':!packages/emulator', ':!packages/conformance', ':!*.test.ts', ':!*.corpus.ts'],
];
const distFiles = [':(glob)actions/*/dist/**', ':(glob)tasks/*/dist/**'];

/**
 * Hosts that sign or belong to who does, as they are and in a regular expression; the audiences of clouds; what forms of subjects begin
 * with; days on which something ends, as any of 2026 and later may be. The emulator has its own, by design.
 */
const ofIssuers = [
  'login\\.(microsoft|windows|chinacloudapi|usgovcloudapi|partner|sovcloud)|sts\\.(windows|chinacloudapi)',
  'actions\\.githubusercontent|token\\.actions|_services/token|vstoken|AzureADTokenExchange|fb60f99c|499b84ac|9188040d|[^/]sts\\.amazonaws',
  '[^.]gitlab\\.com|terraform\\.io|agent\\.buildkite|oidc\\.circleci|api\\.bitbucket|accounts\\.google|oic\\.prod|oidc\\.eks',
  'dev\\.azure\\.com|visualstudio\\.com|ghe\\.com|codefresh\\.io|api\\.pulumi|oidc\\.vercel|scalr\\.io|system:serviceaccount:',
  'cognito-identity\\.amazonaws|graph\\.facebook|www\\.amazon\\.com|bitbucket\\.org|circleci\\.com|spacelift\\.io|tokens\\.sts\\.',
  'startsWith\\(.(repo:|sc:|p:|/eid1|system:|organization:|project_path:|org/)',
  '2026-07-15|2027-07-01|[\'"`]20(2[6-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}',
]
  .join('|')
  .replaceAll('\\.', String.raw`\\?\.`);

interface Check {
  readonly name: string;
  /** @returns what is wrong, or an empty string */
  readonly problem: () => string;
}

const checks: readonly Check[] = [
  { name: 'types', problem: () => run('tsc', ['-p', 'tsconfig.json']) + run('tsc', ['-p', 'packages/page']) },
  { name: 'lint, format and import rules', problem: () => run('biome', ['ci', '--colors=off', '.']) },
  { name: 'unused files, exports and dependencies', problem: () => run('knip', ['--no-progress']) },
  { name: 'generated manifests are current', problem: () => run('node', ['scripts/generate.ts', '--check']) },
  {
    name: 'dist is what the sources give',
    problem: () => printed('git', ['status', '--porcelain', '--', ...distFiles]),
  },
  {
    name: 'workflows pin their actions and have the least permissions',
    problem: () => readdirSync(workflows).flatMap(problemsOf).join('\n'),
  },
  {
    name: 'what is known of issuers stands in packages/issuers',
    problem: () => printed('git', ['grep', '-nE', ofIssuers, '--', ...sourcesBesideIssuers]),
  },
  { name: 'exports are documented', problem: () => undocumented().join('\n') },
  { name: 'exports name the codes that they throw', problem: () => unnamedCodes(root).join('\n') },
  { name: 'references lead somewhere', problem: () => brokenReferences(root).join('\n') },
  { name: 'sources have tests', problem: () => untestedSources(root).join('\n') },
  {
    name: 'no registry is named',
    problem: () =>
      printed('git', ['grep', '--text', '-nE', 'registry\\.[a-z]+\\.(org|com|io)', '--', ':!scripts/check.ts']),
  },
];

const failed = checks.filter(({ name, problem }) => {
  const what = problem();
  console.log(`${what === '' ? 'ok    ' : 'FAILED'} ${name}`);
  if (what !== '') console.log(what.replace(/^/gm, '       '));
  return what !== '';
});
console.log(`checks: ${checks.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

function problemsOf(file: string): string[] {
  return workflowProblems(readFileSync(join(workflows, file), 'utf8')).map((problem) => `${file}: ${problem}`);
}

/** Exports without a docstring on the line before. */
function undocumented(): string[] {
  return globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !/\.(test|corpus|model)\.tsx?$/.test(file))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, at, lines) =>
          /^export (async |abstract )?(function|class|interface|type \w|const)/.test(line) &&
          !lines[at - 1]?.endsWith('*/')
            ? [`${file}:${at + 1}: ${line}`]
            : [],
        ),
    );
}

/** What a command that fails prints. */
function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}${error?.message ?? ''}`.trim() || `exit ${status}`;
}

/** What a git command prints that prints nothing when all is well. `git grep` exits with 1 then. */
function printed(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const ran = status === 0 || status === 1;
  return ran && stderr === '' ? stdout.trim() : `${stderr}${error?.message ?? ''}`.trim() || `exit ${status}`;
}
