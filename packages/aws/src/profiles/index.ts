export { type NamedRole, parseNamedRoles } from './named-roles.ts';
export { type ProfileName, parseProfileName } from './profile-name.ts';
export {
  hasDefaultCredentials,
  type Profile,
  readProfile,
  refuseExisting,
  removeProfiles,
  renderProfiles,
  type WrittenSection,
  writeProfiles,
} from './profiles.ts';
