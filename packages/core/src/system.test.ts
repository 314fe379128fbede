import { describe, expect, it, vi } from 'vitest';
import { type NetworkChoice, realSystem, systemWithoutPrograms } from './system.ts';

const environment = { PATH: process.env.PATH };
const call = { program: process.execPath, args: ['-e', 'console.log(7)'], environment, withinMs: 20_000 };

describe('the network', () => {
  const machine = {
    ca: 'pem',
    proxy: {
      ...{ url: 'http://user:pass@agent:3128/', source: 'Agent', account: 'See it.' },
      bypass: ['^https://(a|b)', 'corp\\.int'],
    },
  };
  const settled = (environment: Record<string, string | undefined>, choice: NetworkChoice = {}) => {
    const own = { ...environment };
    const system = systemWithoutPrograms(own);
    system.useNetwork({ machine, ...choice });
    // Again is harmless: what this process was given is not what the job has.
    system.useNetwork({ machine, ...choice });
    return { own, network: system.network() };
  };

  it("is the machine's where nothing else says", () => {
    expect(settled({})).toEqual({
      own: { https_proxy: machine.proxy.url, no_proxy: 'corp.int' },
      network: { ...machine, proxy: { ...machine.proxy, noProxy: '' } },
    });
    const { own, network } = settled({ NO_PROXY: 'x', http_proxy: 'y' });
    expect(own).toMatchObject({ http_proxy: 'y', no_proxy: 'x,corp.int' });
    expect(network.proxy?.noProxy).toBe('x');
    expect(settled({}, { machine: { ca: 'pem' } })).toEqual({ own: {}, network: { ca: 'pem' } });
  });

  it.each(['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])(
    'is that of %s, and of the machine its CA',
    (name) => {
      expect(settled({ [name]: 'proxy:1' })).toEqual({ own: { [name]: 'proxy:1' }, network: { ca: 'pem' } });
    },
  );

  it('is what the user gives', () => {
    const { own, network } = settled({}, { proxy: new URL('http://mine') });
    expect([own, network]).toEqual([{ https_proxy: 'http://mine/', http_proxy: 'http://mine/' }, { ca: 'pem' }]);
    expect(settled({}, { noProxy: 'b' })).toEqual({
      own: { https_proxy: machine.proxy.url, no_proxy: 'b' },
      network: { ...machine, proxy: { ...machine.proxy, bypass: [], noProxy: 'b' } },
    });
  });
});

/** What Windows has: a variable is the same in small letters and in capitals. */
function windowsEnvironment(variables: Record<string, string>): Record<string, string | undefined> {
  const keyOf = (name: string | symbol) => String(name).toUpperCase();
  return new Proxy<Record<string, string | undefined>>(variables, {
    get: (target, name) => target[keyOf(name)],
    set: (target, name, value) => Reflect.set(target, keyOf(name), value),
  });
}

it('what Windows has of the job is told in either case as it was', () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  const system = systemWithoutPrograms(windowsEnvironment({ NO_PROXY: 'x' }));
  vi.restoreAllMocks();
  const proxy = { url: 'http://user:pass@agent:3128/', bypass: ['corp\\.int'], source: 'Agent', account: 'See it.' };
  system.useNetwork({ machine: { proxy } });
  expect([system.environment.HTTPS_PROXY, system.environment.NO_PROXY]).toEqual([proxy.url, 'x,corp.int']);
  for (const name of ['https_proxy', 'HTTPS_PROXY']) expect(system.jobVariable(name)).toBe('');
  for (const name of ['no_proxy', 'NO_PROXY']) expect(system.jobVariable(name)).toBe('x');
});

describe('the programs of a machine', () => {
  it('are found and run', async () => {
    const system = realSystem(environment);
    expect(await system.hasProgram('sh')).toBe(true);
    expect(await system.run(call)).toEqual({ exitCode: 0, output: '7\n' });
  });

  it('are neither where a process is to run none', async () => {
    const system = systemWithoutPrograms(environment);
    expect(await system.hasProgram('sh')).toBe(false);
    await expect(system.run(call)).rejects.toThrow('This process runs no programs');
  });
});
