import { describe, expect, it } from 'vitest';
import { openerOf } from './page.ts';

describe('what opens the page', () => {
  it.each([
    ['darwin', {}, 'open'],
    ['win32', {}, 'explorer.exe'],
    ['linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ] as const)('on %s with %j is %s', (platform, environment, program) => {
    expect(openerOf(platform, environment, true)).toEqual([program]);
  });

  it.each([
    ['no display', 'linux', {}, true],
    ['nobody who looks', 'darwin', {}, false],
    ['a job of CI', 'darwin', { CI: 'true' }, true],
  ] as const)('is nothing where there is %s', (_, platform, environment, isInteractive) => {
    expect(openerOf(platform, environment, isInteractive)).toBeUndefined();
  });
});
