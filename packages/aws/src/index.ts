export { parseAccountIds } from './account.ts';
export { assumeRoleUntilPlain, assumeRoleWithWebIdentity, type RoleRequest } from './assume-role.ts';
export { AwsCredentials } from './credentials.ts';
export { parseRegion, type Region, regionalStsEndpoint } from './partition.ts';
export { renderProfile } from './profile.ts';
export { parseRoleArn, type RoleArn } from './role-arn.ts';
export { defaultSessionName, parseSessionName, type SessionName } from './session-name.ts';
export { parsePolicyArns, parseSessionPolicy } from './session-policy.ts';
