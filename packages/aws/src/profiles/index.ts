export { type NamedRole, parseNamedRoles } from './named-roles.ts';
export { processCommand, shellQuoted } from './process-command.ts';
export { type ProfileName, parseProfileName } from './profile-name.ts';
export { type Profile, renderProfiles } from './profiles.ts';
export {
  defaultIdentityFiles,
  fileVariables,
  hasDefaultIdentity,
  type SharedFiles,
  sharedFiles,
  sharedText,
} from './shared-files.ts';
export {
  refuseUnwritable,
  removeSection,
  removeSectionsOf,
  type WrittenSection,
  writeProfiles,
} from './shared-profiles.ts';
