export { writeCredentialProcess } from './credential-process.ts';
export { authorizationFile, type FreshRole, orderRoles, rolePath } from './order.ts';
