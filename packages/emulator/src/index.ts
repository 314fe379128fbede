export type { EmulatedPool } from './azure-devops/emulated-pool.ts';
export type { AgentPool, AzurePipelinesJob, Connection, Organization, Project } from './azure-devops/organization.ts';
export {
  ConfigError,
  type ConfigSource,
  configSchema,
  type EmulatorConfig,
  parseConfig,
  policyPath,
  portNames,
  setupOf,
} from './config/emulator-config.ts';
export type { JobPlatform } from './config/jobs.ts';
export type { ConfigProblem } from './config/problems.ts';
export { type JobChange, type StartedConfiguredJob, startJob } from './config/start-job.ts';
export { type OwnPolicy, type Starter, starterConfig, starterWithPolicy } from './config/starter.ts';
export type { Emulator, EmulatorOptions, EmulatorUrls, ServiceNames, Setup } from './emulator.ts';
export { CredentialProblem } from './entra/credential-problem.ts';
export { objectIdOf } from './entra/directory.ts';
export type { FederatedCredential } from './entra/federated-credential.ts';
export type { Application, Tenant } from './entra/tenant.ts';
export type { GitHubJob } from './github/github-job.ts';
export type { StartedJob } from './github/github-service.ts';
export type { Pod, StartedPod } from './kubernetes/kubernetes-service.ts';
export type { AwsMachine } from './machine/aws-machine.ts';
export { canWriteArcKeys } from './machine/azure-arc.ts';
export type { Machine, StartedMachine } from './machine/machine.ts';
export { type Denial, denialsIn } from './page/denials.ts';
export { type Exchange, exchangeOf } from './page/exchange.ts';
export type { Explanation } from './page/markup.ts';
export { type Page, servePage } from './page/page-server.ts';
export { play, type Wanted } from './page/play.ts';
export type { EmulatorClock } from './server/clock.ts';
export type { Fault, FaultRule } from './server/faults.ts';
export type { IssuerOptions } from './server/names.ts';
export type { RecordedRequest } from './server/record.ts';
export { PortProblem } from './server/service.ts';
export { StateProblem } from './server/state.ts';
export { platformFolders, platformVariables, type ServiceName } from './services.ts';
export { startEmulator } from './start-emulator.ts';
export type { AwsAccount, OidcProvider, Role } from './sts/aws-account.ts';
export { IamProblem } from './sts/create-role.ts';
export type { SignedRequest } from './sts/signature.ts';
