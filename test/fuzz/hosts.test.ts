import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedbridgeError, realSystem } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AzurePipelinesHost } from '../../packages/azure-pipelines/src/host.ts';
import { GitHubHost } from '../../packages/github/src/host.ts';
import { fuzz, hostileText } from './cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'hosts-'));
const files = {
  GITHUB_ENV: join(folder, 'env'),
  GITHUB_OUTPUT: join(folder, 'output'),
  GITHUB_STATE: join(folder, 'state'),
};
const before = { ...process.env };
beforeAll(() => {
  Object.assign(process.env, files, { AGENT_TEMPDIRECTORY: folder, AGENT_WORKFOLDER: folder });
});
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

/** What is printed meanwhile. */
function printed(act: () => void): string {
  const { write } = process.stdout;
  const { log } = console;
  let text = '';
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  process.stdout.write = ((part: string | Uint8Array) => {
    text += String(part);
    return true;
  }) as typeof write;
  try {
    act();
  } finally {
    process.stdout.write = write;
    console.log = log;
  }
  return text;
}

/** Names and values as the runner reads them from its files. Source: actions/runner, FileCommandManager. */
function read(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) found[line.slice(0, equals)] = line.slice(equals + 1);
    else {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
      const value: string[] = [];
      for (at += 1; at < lines.length && lines[at] !== delimiter; at += 1) value.push(lines[at] ?? '');
      found[name] = value.join('\n');
    }
  }
  return found;
}

/** Commands as a runner finds them: `::name …::` at the start of a line, `##[name]` anywhere in it. */
const gitHubCommands = (text: string) =>
  text
    .split(/\r\n|\r|\n/)
    .flatMap((line) => [/^\s*::([\w-]+)/.exec(line)?.[1], /##\[([\w-]+)/.exec(line)?.[1]].filter(Boolean));
/** Commands as an agent finds them: the first `##vso[area.event …]` or `##[name]` of a line, wherever it stands; the rest is its own. */
const agentCommands = (text: string) =>
  text.split(/\r\n|\r|\n/).flatMap((line) => /##(?:vso)?\[([\w.-]+)/i.exec(line)?.[1] ?? []);

it('GitHub Actions: what is set is that variable with that value and no other, whatever the value holds', async () => {
  const host = new GitHubHost(realSystem(process.env));
  await fuzz(fc.tuple(fc.constantFrom('exportVariable', 'setOutput'), hostileText), ([how, value]) => {
    for (const file of Object.values(files)) writeFileSync(file, '');
    const text = printed(() => {
      host[how as 'exportVariable']('someName', value);
      host.publish();
    });
    delete process.env.someName;
    expect(gitHubCommands(text)).toEqual([]);
    const all = Object.values(files).map(read);
    const set = Object.assign({}, ...all) as Record<string, string>;
    expect(Object.keys(set)).toHaveLength(1);
    // A carriage return before the end of a line belongs to that end.
    expect(Object.values(set)).toEqual([value.replaceAll(/\r(?=\n|$)/g, '')]);
  });
});

/** An agent takes no secret of several lines: that is told with a code. */
function setSecret(host: Host, value: string): void {
  try {
    host.exportSecretVariable('someName', value);
    host.publish();
  } catch (error) {
    expect(error).toMatchObject({ code: 'DELIVERY_FAILED' });
    expect(value).toMatch(/[\r\n]/);
  }
}

it('both platforms: a line that is printed is no command, and a message is the one that was meant', async () => {
  const hosts = {
    github: new GitHubHost(realSystem(process.env)),
    agent: new AzurePipelinesHost(realSystem(process.env)),
  };
  const kinds = fc.constantFrom('info', 'debug', 'warning', 'group', 'mask', 'variable', 'fail');
  await fuzz(fc.tuple(fc.constantFrom('github', 'agent'), kinds, hostileText), ([platform, kind, value]) => {
    const host = hosts[platform as 'github'];
    for (const file of Object.values(files)) writeFileSync(file, '');
    const text = printed(() => {
      if (kind === 'group') host.group(value, [value]);
      else if (kind === 'variable') setSecret(host, value);
      else if (kind === 'fail') host.fail(new FedbridgeError('INPUT_INVALID', value));
      else host[kind as 'info'](value);
    });
    delete process.env.someName;
    process.exitCode = 0;
    const allowed = {
      github: ['group', 'endgroup', 'debug', 'warning', 'error', 'add-mask'],
      agent: ['group', 'endgroup', 'task.debug', 'task.issue', 'task.setvariable', 'task.setsecret', 'task.complete'],
    }[platform as 'github'];
    const commands = platform === 'github' ? gitHubCommands(text) : agentCommands(text);
    for (const command of commands) expect(allowed).toContain(command);
    const variables = text
      .split(/\r\n|\r|\n/)
      .flatMap((line) => /^(?:(?!##(?:vso)?\[).)*##vso\[task\.setvariable variable=([^;\]]*)/i.exec(line)?.[1] ?? []);
    if (platform === 'agent') expect(variables.filter((name) => name !== 'someName')).toEqual([]);
    const counts = new Map<string, number>();
    for (const command of commands) counts.set(command ?? '', (counts.get(command ?? '') ?? 0) + 1);
    // One of a kind: a second one would be somebody else's. A failure is told as an error and as the result.
    for (const [command, count] of counts)
      if (!['add-mask', 'task.setsecret', 'task.debug'].includes(command))
        expect([command, count]).toEqual([command, 1]);
  });
});
