export { managedIdentityPath, orderAccessTokens } from './order.ts';
