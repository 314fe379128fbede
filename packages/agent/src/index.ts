export type { GetAccessToken } from './azure-devops-rest.ts';
export { checkAgents } from './check/check-agents.ts';
export type { AgentFinding, CheckOptions } from './check/finding.ts';
export { organizationId } from './connections/organization-id.ts';
export {
  type ConnectionAccess,
  type FederatedIdentity,
  ServiceConnections,
} from './connections/service-connections.ts';
export { type Demand, parseDemand } from './demand.ts';
export { type Organization, parseOrganization } from './organization.ts';
export type { AgentOptions, AgentWorld } from './run/agent-options.ts';
export { HandOver } from './run/hand-over.ts';
export { packagePlatform } from './run/provide-agent.ts';
export { runAgent } from './run/run-agent.ts';
export { runHandedOver } from './run/run-handed-over.ts';
export { StoppableWaits } from './run/stoppable-waits.ts';
export type { AgentIdentity } from './setup/agent-identity.ts';
export { application } from './setup/application.ts';
export type { Trusted } from './setup/federated-credentials.ts';
export { managedIdentity } from './setup/managed-identity.ts';
export { providePlaceholder, type SetupOptions, type SetupResult, setUpAgents } from './setup/set-up-agents.ts';
export type { SetupStep, SetupTokens } from './setup/setup-calls.ts';
