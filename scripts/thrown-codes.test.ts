import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unnamedCodes } from './thrown-codes.ts';

const sources = {
  'a/package.json': JSON.stringify({ name: '@fedbridge/a', exports: { '.': './src/index.ts' } }),
  'a/src/index.ts': `export { thrower } from './thrower.ts';`,
  'a/src/thrower.ts': `
    const made = (what: string) => new FedbridgeError(what ? 'UNAVAILABLE' : 'INTERNAL', what);
    /** @throws FedbridgeError \`ID_TOKEN_*\` */
    export function thrower(): void { if (x) throw new FedbridgeError('ID_TOKEN_CLAIM', ''); throw made('x'); }
    /** Says it. @throws FedbridgeError \`UNAVAILABLE\`, \`INTERNAL\` */
    export const says = () => { throw made('x').with({}); };
    /** Returns one. */
    export function returns() { return new FedbridgeError('INTERNAL', ''); }
    export class Box {
      /** Hidden. */
      #hidden() { throw new FedbridgeError('INPUT_INVALID', ''); }
      /** Shown. */
      shown() { this.#hidden(); }
      /** As others. @throws FedbridgeError as \`shown\` */
      other() { this.shown(); }
    }`,
  'b/src/user.ts': `
    import { thrower as from } from '@fedbridge/a';
    /** Calls it in a callback. */
    export const callback = () => [1].map(() => from());
    /** Catches it. */
    export const caught = () => { try { from(); } catch { return 1; } };
    /** Catches it later. */
    export const later = () => from().catch(() => 1);
    /** Throws it again. */
    export const again = () => { try { from(); } catch (error) { log(); throw error; } };
    /** Throws others again. */
    export const others = () => { try { from(); } catch (error) { if (error instanceof FedbridgeError) return; throw error; } };
    const attempt = (work: () => void) => { try { work(); } catch { return undefined; } };
    /** Hands it to who catches. */
    export const handed = () => attempt(() => from());
    /** Is no export. */
    function own() { from(); }`,
};

it('an export names what it throws, and what it calls', () => {
  const root = mkdtempSync(join(tmpdir(), 'thrown-'));
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(join(root, 'packages', path, '..'), { recursive: true });
    writeFileSync(join(root, 'packages', path), text);
  }
  expect(unnamedCodes(root).map((line) => line.replace(/^packages\/(.*):\d+: /, '$1 '))).toEqual([
    'a/src/thrower.ts thrower throws INTERNAL, UNAVAILABLE',
    'a/src/thrower.ts Box.shown throws INPUT_INVALID',
    'b/src/user.ts callback throws ID_TOKEN_CLAIM, INTERNAL, UNAVAILABLE',
    'b/src/user.ts again throws ID_TOKEN_CLAIM, INTERNAL, UNAVAILABLE',
  ]);
});
