import type { Language } from './token-shape.ts';

const part: Language = { chars: '^\0- ~\u005e:?*[\\\u007f/' };

/**
 * The name of a branch or a tag below its folder, or of what else a ref is for, as a language of texts: what `isGitRefName` takes, and beside
 * it names with dots and at signs where git takes none. To tell those costs a question more work than all else that it asks.
 * Source: git-check-ref-format(1).
 */
export const gitRefName: Language = { sequence: [part, { many: { sequence: ['/', part] } }] };
