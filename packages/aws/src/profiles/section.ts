import { Ini, IniLine, type IniSection } from 'ini-api';

/** A section's entries in their order. */
export type Entries = Readonly<Record<string, string>>;

export function hasSection(text: string, section: string): boolean {
  return sectionsOf(parse(text), section).length > 0;
}

/** Whether a file has a section in which something is set. */
export function hasEntries(text: string, section: string): boolean {
  return sectionsOf(parse(text), section).some(({ lines }) => lines.some(isEntry));
}

/**
 * The file with these entries, and no others, in a section, which is added at the end if need be. All else stays as it
 * is, to the byte.
 */
export function withSection(text: string, section: string, entries: Entries): string {
  const ini = parse(text);
  // A carriage return before each line feed stays at the lines' ends, where the file has them.
  const end = /\r\n/.test(text) ? '\r' : '';
  const lines = Object.entries(entries).map(([key, value]) => new IniLine(`${key} = ${value}${end}`));
  const [first, ...others] = sectionsOf(ini, section);
  for (const other of others) remove(other, isEntry);
  if (first) {
    remove(first, isEntry);
    first.lines.splice(1, 0, ...lines);
    return render(ini);
  }
  const before = text === '' || text.endsWith('\n') ? text : `${text}${end}\n`;
  const gap = before === '' ? '' : `${end}\n`;
  return `${before}${gap}[${section}]${end}\n${lines.map((line) => `${line.text}\n`).join('')}`;
}

/**
 * The file without entries of these keys in a section that is still the one that was written: in which `mark` has its
 * value. A section of which nothing but the header is left goes as well, if `whole`.
 */
export function withoutSection(
  text: string,
  section: string,
  {
    keys,
    mark,
    whole,
  }: { readonly keys: readonly string[]; readonly mark: readonly [string, string]; readonly whole: boolean },
): string {
  const ini = parse(text);
  for (const found of sectionsOf(ini, section)) {
    if (!found.lines.some((line) => isEntry(line) && entryOf(line)[0] === mark[0] && entryOf(line)[1] === mark[1]))
      continue;
    remove(found, (line) => isEntry(line) && keys.includes(entryOf(line)[0]));
    const left = found.lines.slice(1);
    if (!whole || left.some(({ text: line }) => line.trim() !== '')) continue;
    ini.sections.splice(ini.sections.indexOf(found), 1);
  }
  // What is left of the gap before a last section, where lines end in two characters.
  return render(ini).replace(/(^|\n)\r$/, '$1');
}

/** The value of a key in a section. */
export function entry(text: string, section: string, key: string): string | undefined {
  const lines = sectionsOf(parse(text), section).flatMap((found) => found.lines.filter(isEntry));
  return lines.map(entryOf).find(([name]) => name === key)?.[1];
}

/** An indented header is one to the AWS tools, not to the library: its indent stands behind it meanwhile. */
function parse(text: string): Ini {
  return new Ini(text.replace(/^([^\S\n]+)(\[[^\]\n]+\])/gm, `$2${mark}$1${mark}`), '\n');
}

function render(ini: Ini): string {
  return ini.stringify().replace(new RegExp(`^(.*?)${mark}([^${mark}]*)${mark}`, 'gm'), '$2$1');
}

/** A character that no text has. */
const mark = '\uE000';

function sectionsOf(ini: Ini, name: string): IniSection[] {
  return ini.sections.filter(({ lines }) => {
    const [, header = ''] = /^\[([^\]]*)\]/.exec(lines[0]?.text ?? '') ?? [];
    return header.trim().replace(/\s+/g, ' ').replace(/["']/g, '') === name;
  });
}

/** Nested entries and lines that are none of all this count as well: they are no comments. */
function isEntry({ text }: IniLine): boolean {
  return /^\s*[^\s#;]/.test(text) && !/^\[[^\]]*\]/.test(text);
}

/** The library's own reading of a value ends at `=` and `#`, which keys and tokens may hold. */
function entryOf({ text }: IniLine): [key: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()];
}

function remove(section: IniSection, which: (line: IniLine) => boolean): void {
  const kept = section.lines.filter((line) => !which(line));
  section.lines.splice(0, section.lines.length, ...kept);
}
