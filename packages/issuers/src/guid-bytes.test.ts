import { expect, it } from 'vitest';
import { base64OfGuid, guidOfBase64 } from './guid-bytes.ts';

// Bytes of which base64url has both of its own characters.
it.each([
  ['499b84ac-1321-427f-aa17-267ca6975798', 'rISbSSETf0KqFyZ8ppdXmA'],
  ['fffbfbef-ffbe-effb-bfef-fbffbeeffbff', '7_v7_77_---_7_v_vu_7_w'],
])('%s is %s', (guid, base64) => {
  expect(base64OfGuid(guid)).toBe(base64);
  expect(guidOfBase64(base64)).toBe(guid);
});

it.each(['rISbSSETf0KqFyZ8ppdXmB', 'rISbSSETf0KqFyZ8ppdXm', 'rISbSSETf0KqFyZ8ppdXmAA', 'rISbSSETf0KqFyZ8ppdX+A'])(
  '%s is of none',
  (text) => expect(guidOfBase64(text)).toBeUndefined(),
);
