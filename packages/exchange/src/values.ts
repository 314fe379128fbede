import type { Profile } from './profile.ts';
import { fill, fillText, type Values } from './template.ts';

/** What a profile's names stand for: what was given, and the usual for what was not. */
export function valuesOf({ usual = {} }: Profile, given: Values): Values {
  const values: Record<string, Values[string]> = { ...given };
  for (const [name, value] of Object.entries(usual)) {
    values[name] ??= fill(value, values);
  }
  return values;
}

/** Whom a profile wants the ID token asked for, if it says. */
export function audienceOf({ audience }: Profile, values: Values): string | undefined {
  return audience === undefined ? undefined : fillText(audience, values);
}

/** Who the job is once it has the token. */
export function whoOf({ who, title }: Profile, values: Values): string {
  for (const text of who) {
    const filled = fillText(text, values);
    if (filled !== undefined) return filled;
  }
  return title;
}
