import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The licences of what modules of others are from, for whoever carries them on. @param modules - paths of files */
export function licensesOf(modules: readonly string[]): string {
  const folders = new Set(modules.filter((id) => id.includes('node_modules')).map(packageOf));
  return [...folders].sort().map(licenseOf).join('\n');
}

function packageOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && 'version' in JSON.parse(readFileSync(path, 'utf8'))) return folder;
  }
}

function licenseOf(folder: string): string {
  const { name, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  // Some have theirs in what they say of themselves.
  const files = readdirSync(folder);
  const file = files.find((one) => /^licen[cs]e/i.test(one)) ?? files.find((one) => isLicensed(join(folder, one)));
  if (!file) throw new Error(`${name} has no licence file.`);
  return [name, license, readFileSync(join(folder, file), 'utf8')].join('\n');
}

const isLicensed = (file: string) => /readme/i.test(file) && /^#+ licen[cs]e/im.test(readFileSync(file, 'utf8'));
