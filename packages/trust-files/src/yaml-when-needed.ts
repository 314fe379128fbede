/** What reads YAML. Most documents are JSON: it is loaded for the others. */
export const yaml = () => import('./yaml.ts');
