import { describe, expect, it } from 'vitest';
import { arcKeyFile, arcKeyFolder } from './azure-arc.ts';

describe('a key of the agent of Azure Arc', () => {
  const linux = arcKeyFolder({}, 'linux');
  const windows = arcKeyFolder({ ProgramData: 'D:\\Data' }, 'win32');

  it.each([
    [`Basic realm=${linux}/a-1.key`, linux, `${linux}/a-1.key`],
    [`basic realm="${linux}/a.key"`, linux, `${linux}/a.key`],
    [`Basic realm=${windows}\\a.key`, windows, `${windows}\\a.key`],
    [`Basic realm=${windows.toLowerCase()}\\a.key`, windows, `${windows.toLowerCase()}\\a.key`],
    ['Basic realm=C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key', arcKeyFolder({}, 'win32'), undefined],
  ])('%s', (challenge, folder, path) =>
    expect(arcKeyFile(challenge, folder)).toBe(path ?? challenge.replace('Basic realm=', '')),
  );

  it.each([
    ['', linux],
    ['Basic', linux],
    ['Basic realm=', linux],
    [`Bearer realm=${linux}/a.key`, linux],
    [`Basic realm=${linux}/a.txt`, linux],
    [`Basic realm=${linux}/.key`, linux],
    [`Basic realm=${linux}/deeper/a.key`, linux],
    [`Basic realm=${linux}/../a.key`, linux],
    [`Basic realm=${linux}/x/../a.key`, linux],
    [`Basic realm=${linux.toUpperCase()}/a.key`, linux],
    ['Basic realm=/etc/ssl/a.key', linux],
    ['Basic realm=a.key', linux],
    [`Basic realm=${windows}\\..\\a.key`, windows],
    [`Basic realm=${windows}\\x\\a.key`, windows],
    ['Basic realm=\\\\server\\share\\a.key', windows],
    [`Basic realm=${windows}\\a.key:stream.key`, windows],
  ])('is not %s', (challenge, folder) =>
    expect(() => arcKeyFile(challenge, folder)).toThrow(expect.objectContaining({ code: 'ANSWER_MALFORMED' })),
  );
});
