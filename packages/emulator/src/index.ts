export type { AgentPool, AzurePipelinesJob, Connection, Organization, Project } from './azure-devops/config.ts';
export {
  type EmulatedPool,
  type Emulator,
  type EmulatorOptions,
  type EmulatorUrls,
  type Setup,
  startEmulator,
} from './emulator.ts';
export type { Application, Tenant } from './entra/config.ts';
export { CredentialProblem } from './entra/credential-problem.ts';
export { objectIdOf } from './entra/directory.ts';
export type { FederatedCredential } from './entra/federated-credential.ts';
export type { GitHubJob } from './github/claims.ts';
export type { StartedJob } from './github/service.ts';
export type { Pod, StartedPod } from './kubernetes/service.ts';
export type { AwsMachine } from './machine/aws-machine.ts';
export { canWriteArcKeys } from './machine/azure-arc.ts';
export type { Machine, StartedMachine } from './machine/machine.ts';
export type { EmulatorClock } from './server/clock.ts';
export type { Fault, FaultRule } from './server/faults.ts';
export type { RecordedRequest, ServiceName } from './server/record.ts';
export type { AwsAccount, OidcProvider, Role } from './sts/config.ts';
export { IamProblem } from './sts/create-role.ts';
export type { SignedRequest } from './sts/signature.ts';
