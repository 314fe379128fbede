export type { GetAccessToken } from './azure-devops-rest.ts';
export { organizationId } from './connections/organization-id.ts';
export {
  type ConnectionAccess,
  type FederatedIdentity,
  ServiceConnections,
} from './connections/service-connections.ts';
export { type Organization, parseOrganization } from './organization.ts';
export { packagePlatform } from './provide-agent.ts';
export { type AgentOptions, type AgentWorld, runAgent } from './run-agent.ts';
export { type SetupOptions, setUpAgents } from './setup/set-up-agents.ts';
export type { SetupStep } from './setup/setup-calls.ts';
