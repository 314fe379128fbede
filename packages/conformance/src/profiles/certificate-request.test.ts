/**
 * Tests as well:
 * - packages/conformance/src/der.ts
 */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { certificateRequest } from './certificate-request.ts';

const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;

it.skipIf(!hasOpenssl)('is one that openssl verifies, of a new key each time, which names nobody', () => {
  const args = ['req', '-verify', '-noout', '-subject', '-text'];
  const { stdout, stderr } = spawnSync('openssl', args, { input: certificateRequest(), encoding: 'utf8' });
  expect(stderr).toContain('verify OK');
  expect(stdout).toMatch(/^subject=\s*$/m);
  expect(stdout).toContain('ecdsa-with-SHA256');
  expect(certificateRequest()).not.toBe(certificateRequest());
});
