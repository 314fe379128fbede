/** A section's entries in their order. */
export type Entries = Readonly<Record<string, string>>;

/** What it takes to find a section again that was written. Holds no secret. */
export interface Mark {
  /** Random; stands in a comment of the section. Whoever writes the section anew puts another in its place. */
  readonly id: string;
  /** What was put before the header of a section that was not there before; undefined of one that was. */
  readonly gap: string | undefined;
}

/** A header with what follows it. The first of a file may have none. */
interface Section {
  readonly profile: string | undefined;
  /** With their ends; the header first. */
  lines: string[];
}

const marker = '# fedbridge';

/** Whether a file has a profile in which something is set. */
export function hasEntries(text: string, profile: string): boolean {
  return sectionsOf(parse(text), profile).some(({ lines }) => lines.some(isEntry));
}

/** The value of a key in a profile. */
export function entry(text: string, profile: string, key: string): string | undefined {
  const lines = sectionsOf(parse(text), profile).flatMap((section) => section.lines.filter(isEntry));
  return lines.map(entryOf).find(([name]) => name === key)?.[1];
}

/**
 * The file with these entries, and no others, in a section, which is added at the end if need be. All else stays as it
 * is, to the byte, whatever its encoding and the ends of its lines.
 *
 * @param text - a byte a character
 * @param header - `ci`, `profile ci` or `default`: whichever a section of that profile has, it is that section
 * @param id - for the section's mark
 */
export function withSection(
  text: string,
  header: string,
  { entries, id }: { readonly entries: Entries; readonly id: string },
): { readonly text: string; readonly mark: Mark } {
  const sections = parse(text);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const written = (isNew: boolean) => [
    `${marker}${isNew ? ' section' : ''} ${id}${end}`,
    ...Object.entries(entries).map(([key, value]) => `${key} = ${value}${end}`),
  ];
  const [first, ...others] = sectionsOf(sections, profileOf(header));
  if (!first) {
    const gap = text === '' ? '' : text.endsWith('\n') ? end : `${end}${end}`;
    return { text: [text, gap, `[${header}]${end}`, ...written(true)].join(''), mark: { id, gap } };
  }
  const isOurs = first.lines.some((line) => line.startsWith(`${marker} section `));
  for (const section of [first, ...others]) {
    section.lines = section.lines.filter((line) => !isEntry(line) && !line.startsWith(marker));
  }
  const [head = '', ...rest] = first.lines;
  first.lines = [/[\r\n]$/.test(head) ? head : `${head}${end}`, ...written(isOurs), ...rest];
  const before = render(sections.slice(0, sections.indexOf(first)));
  const gap = isOurs ? (/(?<=\n)\r?\n$/.exec(before)?.[0] ?? '') : undefined;
  return { text: render(sections), mark: { id, gap } };
}

/**
 * The file without what was written under a mark, if that is still there: entries that somebody has changed since stay,
 * and the section stays if it was there before or something of others is in it.
 *
 * @param isAsWritten - whether an entry has the value that was written
 */
export function withoutSection(
  text: string,
  { id, gap }: Mark,
  isAsWritten: (key: string, value: string) => boolean,
): string {
  const sections = parse(text);
  const isMark = (line: string) => line.startsWith(marker) && line.trimEnd().endsWith(` ${id}`);
  const found = sections.find(({ lines }) => lines.some(isMark));
  if (!found) return text;
  found.lines = found.lines.filter((line) => !isMark(line) && !(isEntry(line) && isAsWritten(...entryOf(line))));
  if (gap === undefined || found.lines.slice(1).some((line) => line.trim() !== '')) return render(sections);
  const at = sections.indexOf(found);
  const before = render(sections.slice(0, at));
  const after = `${found.lines.slice(1).join('')}${render(sections.slice(at + 1))}`;
  const cut = before.endsWith(gap) ? before.slice(0, before.length - gap.length) : before;
  // A last line had no end before, and something comes behind it now.
  const isOpen = cut !== '' && !cut.endsWith('\n') && after !== '' && !/^\r?\n/.test(after);
  return `${cut}${isOpen ? gap.slice(0, gap.length / 2) : ''}${after}`;
}

/**
 * The profiles and other sections of a file for a copy: what any tool may choke on is left out, such as comments and
 * lines that are not UTF-8, sections and keys that come twice are one, the later value counting.
 *
 * @param text - a byte a character
 * @param without - profiles that the copy is to have others of
 */
export function copyOfSections(text: string, without: readonly string[]): string {
  const copies = new Map<string, Map<string, string>>();
  for (const { profile, lines } of parse(text)) {
    if (profile === undefined || without.includes(profile)) continue;
    const header = headerOf(lines[0] ?? '') ?? '';
    const copy = copies.get(header) ?? new Map<string, string>();
    let last: string | undefined;
    for (const line of lines.slice(1).filter((one) => isEntry(one) && isUtf8(one))) {
      const shown = line.trimEnd();
      const isNested = /^\s/.test(line) && last !== undefined;
      if (isNested && last !== undefined) copy.set(last, `${copy.get(last) ?? ''}${shown}\n`);
      else if (/[=:]/.test(line)) {
        last = entryOf(line)[0];
        // SDK 2 for Java reads no file that has a colon in the place of an equals sign.
        copy.set(last, `${shown.trimStart().replace(/^([^=:]*?)\s*:\s*/, '$1 = ')}\n`);
      }
    }
    if (isUtf8(header)) copies.set(header, copy);
  }
  return [...copies].map(([header, lines]) => `[${header}]\n${[...lines.values()].join('')}\n`).join('');
}

/** Whether some tool may find credentials here for who names no profile, however the file is written. */
export function mayHaveDefaultIdentity(text: string): boolean {
  const identity = /^\s*(aws_|credential_|role_arn|sso_|login_|web_identity_|source_profile)/i;
  return parse(text).some(
    ({ profile, lines }) => /default/i.test(profile ?? '') && lines.some((line) => identity.test(line)),
  );
}

function parse(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []) {
    const header = headerOf(line);
    if (header !== undefined || sections.length === 0) {
      sections.push({ profile: header === undefined ? undefined : profileOf(header), lines: [line] });
    } else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function render(sections: readonly Section[]): string {
  return sections.map(({ lines }) => lines.join('')).join('');
}

function sectionsOf(sections: readonly Section[], profile: string): Section[] {
  return sections.filter((section) => section.profile === profile);
}

/** An indented header is one to the AWS tools, and one behind a byte order mark. */
function headerOf(line: string): string | undefined {
  return /^(?:\xEF\xBB\xBF)?\s*\[([^\]]*)\]/.exec(line)?.[1];
}

/** Some tools read `[ci]` and `[profile ci]` as the same in either file. */
function profileOf(header: string): string {
  return header
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/["']/g, '')
    .replace(/^profile /, '');
}

/** Nested entries and lines that are none of all this count as well: they are no comments. */
function isEntry(line: string): boolean {
  return /^\s*[^\s#;]/.test(line) && headerOf(line) === undefined;
}

/** With its key in small letters, as some tools read it. */
function entryOf(line: string): [key: string, value: string] {
  const at = line.search(/[=:]/);
  return [line.slice(0, Math.max(0, at)).trim().toLowerCase(), line.slice(at + 1).trim()];
}

function isUtf8(bytes: string): boolean {
  const buffer = Buffer.from(bytes, 'latin1');
  return buffer.equals(Buffer.from(buffer.toString('utf8'), 'utf8'));
}
