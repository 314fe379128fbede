import { expect, it } from 'vitest';
import { packedManifest } from './manifest-to-pack.ts';

const manifest = {
  name: 'fedbridge',
  files: ['dist'],
  sideEffects: ['./src/main.ts'],
  exports: { '.': './src/main.ts' },
  scripts: { build: 'node build.ts' },
  devDependencies: { '@fedbridge/core': 'workspace:*' },
  publishConfig: { access: 'public', exports: { '.': './dist/main.js' } },
};

it('holds what those who install it read, and nothing of this workspace', () => {
  expect(packedManifest(manifest)).toEqual({
    name: 'fedbridge',
    files: ['dist'],
    exports: { '.': './dist/main.js' },
    publishConfig: { access: 'public' },
  });
});

it('says still that nothing happens as a package loads', () => {
  expect(packedManifest({ ...manifest, sideEffects: false })).toMatchObject({ sideEffects: false });
});

it('refuses to need a package of this workspace, which nobody could install', () => {
  const needing = { ...manifest, dependencies: { '@fedbridge/core': 'workspace:*' } };
  expect(() => packedManifest(needing)).toThrow('fedbridge would need @fedbridge/core');
});
