import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StepFolder } from './step-folder.ts';

/** A step and its clean-up, with what the platform keeps between them. */
function job(planted = '') {
  const temp = mkdtempSync(join(tmpdir(), 'job-'));
  let name = planted;
  const folder = () =>
    new StepFolder({
      system: { random: Math.random },
      tempDirectory: () => temp,
      name: () => name,
      keepName: (kept) => {
        name = kept;
      },
    });
  return { temp, folder, name: () => name };
}

const leftAlone = expect.objectContaining({
  code: 'DELIVERY_FAILED',
  message: expect.stringContaining('is not a folder that this step made: it is left alone'),
});

describe("a step's folder", () => {
  it('is made when something is kept, for this user alone, and the platform is told its name and nothing else', () => {
    const { temp, folder, name } = job();
    const own = folder();
    own.keep('a', '');
    expect(readdirSync(temp)).toEqual([]);
    own.keep('a', 'secret');
    expect(name()).toMatch(/^fedbridge-[\da-z]+$/);
    expect(lstatSync(own.path()).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(own.path(), 'a.state')).mode & 0o777).toBe(0o600);
  });

  it('that is lost is not replaced: the clean-up is told which one it was', () => {
    const { folder, name } = job();
    const own = folder();
    own.keep('a', 'one');
    const first = name();
    rmSync(own.path(), { recursive: true });
    expect(() => own.keep('a', 'two')).toThrow('ENOENT');
    expect(name()).toBe(first);
    expect(own.isLost()).toBe(true);
  });

  it('is taken up by the clean-up, which removes it; again is harmless', async () => {
    const { temp, folder } = job();
    folder().keep('a', 'one');
    const later = folder();
    expect(later.kept('a')).toBe('');
    later.resume();
    expect(later.kept('a')).toBe('one');
    expect(later.kept('b')).toBe('');
    writeFileSync(join(later.path(), 'files'), '');
    await later.remove({ butWhatIsKept: true });
    expect(readdirSync(later.path())).toEqual(['a.state']);
    await later.remove({ butWhatIsKept: false });
    expect(readdirSync(temp)).toEqual([]);
    later.resume();
    await later.remove({ butWhatIsKept: false });
  });

  it('goes at once where nothing is kept', async () => {
    const { temp, folder } = job();
    const own = folder();
    writeFileSync(join(own.path(), 'files'), '');
    await own.remove({ butWhatIsKept: true });
    expect(readdirSync(temp)).toEqual([]);
  });

  it.each([
    '..',
    '.',
    '/',
    '/etc',
    '../other',
    'fedbridge-0123456789ab/..',
    'work',
    'fedbridge-0123456789ab\n',
    'fedbridge-',
  ])('is never %j, whoever says so', async (planted) => {
    const { temp, folder } = job(planted);
    mkdirSync(join(temp, 'work'), { mode: 0o700 });
    const own = folder();
    expect(() => own.resume()).toThrow(leftAlone);
    await own.remove({ butWhatIsKept: false });
    expect(own.kept('a')).toBe('');
    expect(readdirSync(temp)).toEqual(['work']);
  });

  it('is no link, no file and nothing that others can look into', async () => {
    const planted = 'fedbridge-0123456789ab';
    for (const plant of [
      (path: string) => symlinkSync(tmpdir(), path),
      (path: string) => writeFileSync(path, ''),
      (path: string) => mkdirSync(path, { mode: 0o755 }),
    ]) {
      const { temp, folder } = job(planted);
      plant(join(temp, planted));
      const own = folder();
      expect(() => own.resume()).toThrow(leftAlone);
      // Nor is its name taken for that of what the step has written elsewhere.
      expect([own.digits(), own.isLost()]).toEqual(['', false]);
      await own.remove({ butWhatIsKept: false });
      expect(readdirSync(temp)).toEqual([planted]);
    }
  });

  it.each([
    ['is gone', (temp: string) => rmSync(temp, { recursive: true })],
    [
      'cannot be looked for',
      (temp: string) => {
        rmSync(temp, { recursive: true });
        writeFileSync(temp, '');
      },
    ],
  ])('that %s is still known by its name', (_what, lose) => {
    const { temp, folder, name } = job();
    folder().keep('a', 'one');
    lose(temp);
    const later = folder();
    try {
      expect(later.resume()).toBe('gone');
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining('(ENOTDIR)') });
    }
    expect([`fedbridge-${later.digits()}`, later.isLost()]).toEqual([name(), true]);
  });

  it('is never that of a planted name while the step itself runs', () => {
    const { temp, folder } = job('fedbridge-0123456789ab');
    mkdirSync(join(temp, 'fedbridge-0123456789ab'), { mode: 0o700 });
    writeFileSync(join(temp, 'fedbridge-0123456789ab', 'a.state'), 'planted');
    const own = folder();
    expect(own.kept('a')).toBe('');
    expect(own.path()).not.toContain('0123456789ab');
  });

  it('is none where the step began and made none, whatever another step planted', async () => {
    const { temp, folder, name } = job('fedbridge-0123456789ab');
    mkdirSync(join(temp, 'fedbridge-0123456789ab'), { mode: 0o700 });
    folder().begin();
    const later = folder();
    expect(later.resume()).toBe('none');
    await later.remove({ butWhatIsKept: false });
    expect(readdirSync(temp)).toEqual(['fedbridge-0123456789ab']);
    // After its own is gone as well.
    const own = folder();
    own.keep('a', 'one');
    await own.remove({ butWhatIsKept: false });
    expect([name(), folder().resume()]).toEqual(['none', 'none']);
  });

  it('that cannot be made is told with path and errno', () => {
    const { temp } = job();
    const file = join(temp, 'file');
    writeFileSync(file, '');
    const own = new StepFolder({
      system: { random: Math.random },
      tempDirectory: () => file,
      name: () => '',
      keepName() {},
    });
    expect(() => own.keep('a', 'b')).toThrow(/^Cannot be written: \S+\/file\/fedbridge-\S+ \(ENOTDIR\)\.$/);
    const whole = job();
    const one = whole.folder();
    mkdirSync(join(one.path(), 'a.state'));
    expect(() => one.kept('a')).toThrow(/a\.state \(EISDIR\)/);
    expect(() => one.keep('a', 'b')).toThrow(/a\.state \(EISDIR\)/);
    chmodSync(one.path(), 0o700);
    expect(readFileSync(join(one.path(), 'a.state.new'), 'utf8')).toBe('b');
  });
});
