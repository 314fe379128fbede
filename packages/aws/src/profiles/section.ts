import { entryOf, headerOf, isEntry, isOwnLine, Layers, lapseOf, type Mark, markOf } from './layers.ts';

/** A section's entries in their order. */
export type Entries = Readonly<Record<string, string>>;

/**
 * A header with what follows it. The first of a file may have none. Read by hand: parsers of INI, the SDK's own as well, keep neither
 * comments nor bytes, and whoever changes a user's file gives both back.
 */
interface Section {
  readonly profile: string | undefined;
  /** With their ends; the header first. */
  lines: string[];
}

/** How many jobs a profile is kept for beneath the newest. What is older is taken for ended: jobs that are killed leave theirs there. */
const mostLayers = 8;

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
 * The file with these entries, and no others, in a section, which is added at the end if need be. What the profile had until then is
 * kept in comments of its place. All else stays as it is, to the byte, whatever its encoding and the ends of its lines.
 *
 * @param text - a byte a character
 * @param header - `ci`, `profile ci` or `default`: whichever a section of that profile has, it is that section
 * @param id - random, of letters and digits; by it `withoutSection` finds again what is written here
 * @param expiresAt - when what is written is of no more use, in ms since 1970-01-01 UTC
 */
export function withSection(
  text: string,
  header: string,
  {
    entries,
    id,
    expiresAt,
  }: { readonly entries: Entries; readonly id: string; readonly expiresAt?: number | undefined },
): string {
  const profile = profileOf(header);
  const sections = parse(withoutOldest(text, profile));
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const written = Object.entries(entries).map(([key, value]) => `${key} = ${value}`);
  const lapse = expiresAt === undefined ? undefined : lapseOf(expiresAt, written);
  const lines = (mark: Mark) => [markOf({ ...mark, lapse }), ...written].map((line) => `${line}${end}`);
  const [first, ...others] = sectionsOf(sections, profile);
  if (!first) {
    const gap = text === '' ? 0 : text.endsWith('\n') ? 1 : 2;
    return [text, end.repeat(gap), `[${header}]${end}`, ...lines({ id, made: 'section', gap })].join('');
  }
  for (const section of [first, ...others]) {
    const [head = '', ...rest] = section.lines;
    section.lines = [head, ...rest.map((line) => (isEntry(line) || isOwnLine(line) ? Layers.hide(line, id) : line))];
  }
  const [head = '', ...rest] = first.lines;
  const isOpen = !/[\r\n]$/.test(head);
  first.lines = [isOpen ? `${head}${end}` : head, ...lines({ id, made: isOpen ? 'end' : 'nothing' }), ...rest];
  return render(sections);
}

function withoutOldest(text: string, profile: string): string {
  const layers = Layers.all(sectionsOf(parse(text), profile).flatMap(({ lines }) => lines));
  return layers
    .slice(mostLayers)
    .reduceRight((left, { mark }) => withoutSection(left, mark.id, () => true)?.text ?? left, text);
}

/**
 * The file without what other jobs have written of an id's profile that lies beneath another job's and has expired: they were killed, or
 * were not to clean up, and nobody has use for it when it comes to light. What somebody has changed since stays.
 *
 * @param nowMs - since 1970-01-01 UTC
 */
export function withoutExpired(text: string, id: string, nowMs: number): string {
  const sections = parse(text);
  const profile = sections.find(({ lines }) => Layers.of(lines, id))?.profile;
  if (profile === undefined) return text;
  const expired = sectionsOf(sections, profile).flatMap(({ lines }) =>
    Layers.all(lines)
      .filter(({ mark, isCovered }) => isCovered && mark.id !== id)
      .filter((one) => one.hasLapsed(lines, nowMs)),
  );
  return expired.reduce((left, { mark }) => withoutSection(left, mark.id, () => true)?.text ?? left, text);
}

/** What became of a file. */
export interface Without {
  readonly text: string;
  /** Keys that somebody else has set since: those entries stay, and what they were before in comments. */
  readonly left: readonly string[];
}

/**
 * The file without what was written under an id, and with what the profile had before, if it is still there. Where others wrote the same
 * profile since, theirs stays what it is, and loses what it would bring back. The section goes if it was made for this, or for one that
 * is gone, and nothing else is in it.
 *
 * @param isAsWritten - whether an entry has the value that was written
 * @returns undefined if nothing has that id any more
 */
export function withoutSection(
  text: string,
  id: string,
  isAsWritten: (key: string, value: string) => boolean,
): Without | undefined {
  const sections = parse(text);
  const found = sections.find(({ lines }) => Layers.of(lines, id));
  const layers = found && Layers.of(found.lines, id);
  if (!found || !layers) return undefined;
  const same = found.profile === undefined ? [found] : sectionsOf(sections, found.profile);
  const changed = new Set(same.flatMap(({ lines }) => layers.keysOfOthers(lines, isAsWritten, lines === found.lines)));
  const left = [...changed];
  for (const section of same) section.lines = layers.without(section.lines, isAsWritten, changed, section === found);
  const { made, gap = 0 } = layers.mark;
  const at = sections.indexOf(found);
  const before = render(sections.slice(0, at));
  const [head = '', ...rest] = found.lines;
  const after = `${rest.join('')}${render(sections.slice(at + 1))}`;
  const isBeforeEmptyLine = after === '' || /^\r?\n/.test(after);
  if (layers.isCovered || made === 'nothing') return { text: render(sections), left };
  if (made === 'end')
    return { text: `${before}${isBeforeEmptyLine ? head.replace(/\r?\n$/, '') : head}${after}`, left };
  if (rest.some((line) => line.trim() !== '')) return { text: render(sections), left };
  const [end = ''] = /\r?\n$/.exec(head) ?? [];
  const ends = end.repeat(gap);
  const cut = before.endsWith(ends) ? before.slice(0, before.length - ends.length) : before;
  // A last line had no end before, and something comes behind it now.
  const isOpen = cut !== '' && !cut.endsWith('\n') && !isBeforeEmptyLine;
  return { text: `${cut}${isOpen ? end : ''}${after}`, left };
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

/** Some tools read `[ci]` and `[profile ci]` as the same in either file. */
function profileOf(header: string): string {
  return header
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/["']/g, '')
    .replace(/^profile /, '');
}

function isUtf8(bytes: string): boolean {
  const buffer = Buffer.from(bytes, 'latin1');
  return buffer.equals(Buffer.from(buffer.toString('utf8'), 'utf8'));
}
