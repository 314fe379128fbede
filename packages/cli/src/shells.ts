/** Shells that variables are printed for. */
export type ShellName = keyof typeof shells;

type Variables = Readonly<Record<string, string>>;

const each = (variables: Variables, line: (name: string, value: string) => string) =>
  Object.entries(variables)
    .filter(([name]) => /^\w+$/.test(name))
    .map(([name, value]) => line(name, value))
    .join('\n');

/** How a shell sets variables. Names that a shell cannot have are left out there. */
export const shells = {
  /** POSIX shells: all between two apostrophes is as it stands. */
  bash: (variables: Variables) =>
    each(variables, (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
  /** Source: fish, "Quotes": between apostrophes, `\` escapes itself and an apostrophe. */
  fish: (variables: Variables) =>
    each(variables, (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`),
  /** Source: about_Quoting_Rules: an apostrophe is written twice; so are the typographic ones. */
  powershell: (variables: Variables) =>
    each(variables, (name, value) => `$env:${name} = '${value.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`),
  json: (variables: Variables) => JSON.stringify(variables, null, 2),
} as const;
