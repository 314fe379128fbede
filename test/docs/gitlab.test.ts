import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cliScript, runCommand } from '../harness/cli.ts';
import { type GitLabJob, GitLabWorld } from '../harness/gitlab-job.ts';
import { machineEnvironment, root } from '../harness/process.ts';

const page = readFileSync(join(root, 'docs', 'gitlab.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

interface ShownJob {
  readonly id_tokens: NonNullable<GitLabJob['idTokens']>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly script: readonly string[];
}
const jobs = blocks('yaml').flatMap((text) => Object.entries(parse(text) as Readonly<Record<string, ShownJob>>));

let world: GitLabWorld;
beforeAll(async () => {
  world = await GitLabWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('jobs of the page', () => {
  it('are these', () => expect(jobs.map(([name]) => name)).toEqual(['deploy', 'release', 'nightly']));

  it.concurrent.each(jobs)('%s: its script runs to its end, with what it came for', async (_, shown) => {
    const { environment } = await world.emulator.platforms.gitLab.startJob({
      idTokens: shown.id_tokens,
      variables: shown.variables ?? {},
      ...(shown.environment === undefined ? {} : { environment: { name: shown.environment } }),
    });
    const home = mkdtempSync(join(tmpdir(), 'page-'));
    const { PATH = '', ...machine } = machineEnvironment(home);
    const variables = { ...machine, ...environment, NODE_EXTRA_CA_CERTS: world.ca, PATH: `${tools(home)}:${PATH}` };
    // As GitLab Runner has a script of several lines: it ends at the first that fails.
    const script = ['set -eo pipefail', ...shown.script].join('\n');
    const work = join(home, 'builds');
    mkdirSync(work);
    await promisify(execFile)('bash', ['-c', script], { cwd: work, env: variables });
    const came = readFileSync(join(home, 'came'), 'utf8').trimEnd().split('\n');
    expect(came.every((secret) => world.emulator.secrets().includes(secret))).toBe(true);
    expect(came).toHaveLength(shown.script.filter((line) => /^(aws|curl) /.test(line)).length);
  });
});

describe('commands of the page', () => {
  const commands = blocks('sh').flatMap((text) => text.trim().split('\n'));

  it.concurrent.each(commands)('%s', async (command) => {
    const [, ...words] = command.split(' ');
    const { exitCode, stdout, stderr } = await runCommand(words, {}, tmpdir());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/project_(path|id):/);
  });
});

/**
 * A folder of programs: the command, to which the emulator is where the clouds are, and stand-ins that write down the secret with which
 * the real ones would sign in.
 */
function tools(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const { sts, entra } = world.emulator.urls;
  const program = (name: string, lines: readonly string[]) => {
    writeFileSync(join(folder, name), ['#!/bin/bash', 'set -e', ...lines, ''].join('\n'));
    chmodSync(join(folder, name), 0o755);
  };
  program('fedbridge', [
    `[ "$1" = token ] && where='--authority-host=${entra}' || where='--sts-endpoint=${sts}'`,
    `exec '${process.execPath}' '${cliScript}' "$@" "$where"`,
  ]);
  program('aws', [
    `if [ -n "$AWS_PROFILE" ]; then line=$(sed -n 's/^credential_process = //p' "$AWS_CONFIG_FILE")`,
    `  AWS_SESSION_TOKEN=$(sh -c "$line" | sed 's/.*"SessionToken":"\\([^"]*\\)".*/\\1/'); fi`,
    `printf '%s\\n' "$AWS_SESSION_TOKEN" >>"$HOME/came"`,
  ]);
  program('curl', [`[ "$2" = --oauth2-bearer ]`, `printf '%s\\n' "$3" >>"$HOME/came"`]);
  return folder;
}
