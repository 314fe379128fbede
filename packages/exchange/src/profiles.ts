import type { Profile } from './profile.ts';
import { google } from './profiles/google.ts';
import { octoSts } from './profiles/octo-sts.ts';
import { rfc8693 } from './profiles/rfc8693.ts';
import { vault } from './profiles/vault.ts';

/** Every relying party that there is a profile for, in the order of the documentation. */
export const profiles: readonly Profile[] = [google, vault, rfc8693, octoSts];
