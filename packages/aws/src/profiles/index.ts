export { type NamedRole, parseNamedRoles } from './named-roles.ts';
export { type ProfileName, parseProfileName } from './profile-name.ts';
export {
  type Profile,
  refuseUnwritable,
  removeSection,
  renderProfiles,
  type WrittenSection,
  writeProfiles,
} from './profiles.ts';
export { fileVariables, hasDefaultIdentity, type SharedFiles, sharedFiles, sharedText } from './shared-files.ts';
