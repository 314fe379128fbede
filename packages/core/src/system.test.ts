import { describe, expect, it } from 'vitest';
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
