import type { ProfileName } from './names.ts';
import type { Profile } from './profile.ts';

/** Loads one: each command line is about few. */
const all: Readonly<Record<ProfileName, () => Promise<Profile>>> = {
  sts: async () => (await import('./sts.ts')).stsProfile,
  entra: async () => (await import('./entra.ts')).entraProfile,
  vault: async () => (await import('./vault.ts')).vaultProfile,
  kubernetes: async () => (await import('./kubernetes.ts')).kubernetesProfile,
  keycloak: async () => (await import('./keycloak.ts')).keycloakProfile,
  fulcio: async () => (await import('./fulcio.ts')).fulcioProfile,
  'step-ca': async () => (await import('./step-ca.ts')).stepCaProfile,
};

/** The profile of a name. */
export function profileOf(name: ProfileName): Promise<Profile> {
  return all[name]();
}
