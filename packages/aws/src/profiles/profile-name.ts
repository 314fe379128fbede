import { invalid } from '@fedbridge/core';

declare const parsed: unique symbol;

/** The name of a profile in the shared files: one that no file, shell or INI reader takes for something else. */
export type ProfileName = string & { readonly [parsed]: 'profile name' };

/** @throws FedbridgeError `INPUT_INVALID` */
export function parseProfileName(text: string): ProfileName {
  if (/^[\w.@%+:,-]{1,64}$/.test(text)) return text as ProfileName;
  throw invalid(
    'expected a profile name of at most 64 letters, digits or any of _.@%+:,- without spaces, brackets or slashes.',
  );
}
