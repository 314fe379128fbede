/**
 * `pnpm set-owner NAME` makes this copy of the repository that of an owner on GitHub: in workflows, manifests, examples and pages.
 * `--publisher NAME` does the same of the publisher on the Visual Studio Marketplace; `--release 1.2.3 --commit <sha>`, which the
 * release workflow gives, of what examples pin. Without any it writes again what `owner.json` says.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { applyOwner, readOwner } from './owner.ts';

const root = join(import.meta.dirname, '..');
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  options: { publisher: text, release: text, commit: text },
  allowPositionals: true,
});
const current = readOwner(root);
const [owner = current.owner, ...others] = positionals;
const {
  publisher = current.publisher,
  release: version = current.release.version,
  commit = current.release.commit,
} = values;
if (others.length > 0) throw new Error('One owner: pnpm set-owner NAME');
// Source: GitHub Docs, "Username considerations"; Microsoft Learn, "Publish extensions", of a publisher's ID.
refuse(owner, /^[A-Za-z\d]+(-[A-Za-z\d]+)*$/, 'an owner on GitHub');
refuse(publisher, /^[A-Za-z\d][\w-]*$/, 'the ID of a publisher on the Visual Studio Marketplace');
refuse(version, /^\d+\.\d+\.\d+$/, 'a version');
refuse(commit, /^[\da-f]{40}$/, 'a commit, 40 hexadecimal digits');
for (const path of applyOwner(root, { owner, publisher, release: { version, commit } }, 'write')) console.log(path);

function refuse(value: string, form: RegExp, what: string): void {
  if (!form.test(value)) throw new Error(`"${value}" is not ${what}.`);
}
