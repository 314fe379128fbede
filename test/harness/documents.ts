import { globSync } from 'node:fs';
import { root } from './process.ts';

const ofOthers = /(^|\/)(node_modules|dist|lib|coverage)$/;

/** Forms of GitHub, of which a text is written for a reader too. */
export const forms = globSync(['.github/*_TEMPLATE/*.yml'], { cwd: root }).sort();

/** Every text of this repository that is written for a reader, but for what was true of former releases. */
export const documents = [
  ...globSync(['**/*.md', '.github/**/*.md'], { cwd: root, exclude: (path) => ofOthers.test(path) }),
  'llms.txt',
]
  .filter((path) => path !== 'CHANGELOG.md')
  .sort();
