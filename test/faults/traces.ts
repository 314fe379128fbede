import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '@fedbridge/emulator';
import { filesBelow, textOf } from '../harness/files.ts';
import type { Step } from '../harness/job.ts';

/** A home with files of the user's own, which are not UTF-8. */
export function newHome(user: number | undefined): string {
  const home = join(mkdtempSync(join(tmpdir(), 'machine-')), 'home');
  chmodSync(join(home, '..'), 0o755);
  mkdirSync(home);
  fillHome(home, user);
  return home;
}

export function fillHome(home: string, user: number | undefined): void {
  const folder = join(home, '.aws');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'credentials'),
    Buffer.from('# gr\xfc\xdfe\r\n[corp]\r\naws_access_key_id = AKIACORP', 'latin1'),
  );
  writeFileSync(join(folder, 'config'), '[profile corp]\nregion = eu-west-1\n');
  if (user === undefined) return;
  for (const path of [home, folder, join(folder, 'credentials'), join(folder, 'config')]) chownSync(path, user, user);
}

/** Its files with what they hold, as text. @param without - a name that does not count */
export function shownHome(home: string, without = ''): string {
  const files = filesBelow(home).filter((file) => file !== without);
  return JSON.stringify(files.sort().map((file) => [file, textOf(join(home, file))]));
}

/** Has requests for ID tokens wait for their answers. @returns a function that ends it */
export function holdAnswers(emulator: Emulator): () => void {
  const services = ['github', 'azureDevOps'] as const;
  const ends = services.map((service) => emulator.inject({ service, fault: { delayMs: 600_000 } }));
  return () => {
    for (const end of ends) end();
  };
}

/** Processes that run below the step's folder, once they had time to notice that the job is over; they are ended. */
export async function unended({ work }: Pick<Step, 'work'>): Promise<string[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = processesIn(work);
    if (found.length === 0) return [];
    if (Date.now() > until) {
      for (const { pid } of found) process.kill(pid, 'SIGKILL');
      return found.map(({ command }) => command);
    }
    await sleep(50);
  }
}

function processesIn(folder: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readlinkSync(`/proc/${name}/cwd`).startsWith(folder)) return [];
        return [{ pid: Number(name), command: textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ') }];
      } catch {
        return [];
      }
    });
}
