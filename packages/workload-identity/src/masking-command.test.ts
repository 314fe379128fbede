import { afterEach, expect, it, vi } from 'vitest';
import { maskingCommand } from './masking-command.ts';

afterEach(() => vi.restoreAllMocks());

it.each([
  ['github', '::add-mask::a%25b%0D%0Ac\n'],
  ['azure-pipelines', '##vso[task.setsecret]a%AZP25b%0D%0Ac\n'],
])('tells %s a secret in its own words, in one line', (platform, line) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  maskingCommand(platform)('a%b\r\nc');
  expect(write.mock.calls).toEqual([[line]]);
});

it('prints nothing where the platform would show it', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  maskingCommand('gitlab')('secret');
  expect(write).not.toHaveBeenCalled();
});
