import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isInRange } from './address.ts';

/** As Node decides it. */
function isInRangeOfNode(address: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(address) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, bits === undefined ? (version === 4 ? 32 : 128) : Number(bits), family);
  return list.check(address, family);
}

it('decides as Node does', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const near = fc.tuple(address, fc.nat(3)).map(([one, end]) => one.replace(/[\da-f]$/i, String(end)));
  fc.assert(
    fc.property(fc.oneof(address, near), fc.option(address, { nil: undefined }), fc.nat(128), (one, other, bits) => {
      const network = other ?? one.replace(/[\da-f]$/i, '1');
      const prefix = isIP(network) === 4 ? bits % 33 : bits;
      for (const range of [network, `${network}/${prefix}`]) {
        if (isIP(network) !== 0) expect(isInRange(one, range)).toBe(isInRangeOfNode(one, range));
      }
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['1.2.3', '1.2.3.4/32'],
  ['1.2.3.04', '1.2.3.4'],
  ['1.2.3.256', '1.2.3.0/8'],
  ['1.2.3.4', '1.2.3.4/33'],
  ['1.2.3.4', '1.2.3.4/'],
  ['1.2.3.4', '1.2.3.4/0/0'],
  ['1.2.3.4', '1.2.3.4/-1'],
  ['1.2.3.4', '::ffff:1.2.3.4'],
  ['::1', '::1::'],
  ['::1', '1::2:3:4:5:6:7:8'],
  ['::1', '0:0:0:0:0:0:0:0:1'],
  ['::1', ':::1'],
  ['::g', '::/0'],
  ['fe80::1%eth0', 'fe80::/10'],
  ['', '0.0.0.0/0'],
  ['::', '0.0.0.0/0'],
])('%j is not in %j', (address, range) => expect(isInRange(address, range)).toBe(false));

it.each([
  ['1.2.3.4', '9.9.9.9/0'],
  ['1.2.3.4', '1.2.3.9/24'],
  ['2001:DB8::1', '2001:db8::/32'],
  ['::ffff:1.2.3.4', '::ffff:0102:0304'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::/112'],
])('%j is in %j', (address, range) => expect(isInRange(address, range)).toBe(true));
