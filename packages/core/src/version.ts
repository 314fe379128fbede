declare const FEDBRIDGE_VERSION: string | undefined;

/** The version of the bundle that this runs in, as its `package.json` has it; undefined where nothing is bundled, as in a unit test. */
export const version = typeof FEDBRIDGE_VERSION === 'string' ? FEDBRIDGE_VERSION : undefined;
