import * as all from './yaml.ts';

/** What reads YAML, in a page that is one file: what is loaded later there is larger. */
export const yaml = async () => all;
