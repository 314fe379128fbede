/** What docstrings and pages name that is not there: codes that nothing makes, and files. Where links lead, test/docs/links.test.ts asks. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line each. */
export function brokenReferences(root: string): string[] {
  const sources = globSync('{packages,actions,tasks,scripts,test}/**/*.{ts,tsx}', { cwd: root, exclude: isForeign })
    .filter((path) => !/^scripts\/.*\.test\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const codes = new Set(sources.flatMap(({ text }) => matchesIn(text.replace(comment, ''), /'([A-Z][A-Z_]{3,})'/g)));
  const pages = globSync(['*.md', '{docs,packages,deploy,examples}/**/*.md'], { cwd: root, exclude: isForeign });
  return [
    ...sources.flatMap(({ path, text }) => inComments(root, text, codes).map((what) => `${path}: ${what}`)),
    ...pages.flatMap((path) => inPage(root, path).map((what) => `${path}: ${what}`)),
  ].sort();
}

// The folders alone are handed over by name; what a job or a build makes is not looked at.
const isForeign = (path: string) => /(^|\/)(node_modules|dist)$/.test(path);

const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
/** Of this repository, and none of another's. */
const file =
  /\b(?:packages\/(?!aws-cdk-lib)|actions\/|tasks\/|scripts\/|test\/|docs\/)[\w./-]*\w\.(?:tsx?|md|json|mjs)\b/g;

function inComments(root: string, text: string, codes: ReadonlySet<string>): readonly string[] {
  const comments = text.match(comment) ?? [];
  const thrown = comments.flatMap((one) => one.match(/@throws FedbridgeError[^@]*/g) ?? []);
  const isMade = (code: string) =>
    codes.has(code) || (code.endsWith('_') && [...codes].some((one) => one.startsWith(code)));
  return [
    ...thrown.flatMap((one) => matchesIn(one, /`([A-Z][A-Z_]+)\*?`/g)).filter((code) => !isMade(code)),
    ...comments.flatMap((one) => one.match(file) ?? []).filter((path) => !existsSync(join(root, path))),
  ];
}

/** What the group of a pattern takes. */
function matchesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, one = '']) => one);
}

function inPage(root: string, path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const named = matchesIn(text, /`((?:packages|scripts|test)\/[\w./-]*\w)`/g);
  // What the page on adding a step has a reader make.
  return named.filter((one) => !/audience-list/.test(one) && !existsSync(join(root, one)));
}
