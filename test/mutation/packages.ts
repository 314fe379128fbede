const every = 'core,issuers,identity,step,entra,aws,exchange,gitlab,trust,broker,steps,agent,cli';

/** Folders below `packages` whose code is changed: `PACKAGES`, with commas between. */
export const folders = (process.env.PACKAGES ?? every).split(',');

/** The packages that they are in. */
export const packages = [...new Set(folders.map((folder) => folder.replace(/\/.*/, '')))];
