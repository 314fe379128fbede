import { container, expiry, keys, otherKeys, webIdentity } from './aws/shadowing-variables.ts';
import { environmentCredential, longLived, otherMachines } from './entra/shadowing-variables.ts';

/** Variables that tools of a cloud take before what a step delivers, by what they are. */
export const shadowing = {
  aws: { keys: [...keys, ...otherKeys], expiry, webIdentity, container },
  azure: { environmentCredential, otherMachines, terraform: longLived },
} as const;
