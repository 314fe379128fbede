export { exportSecretVariables, exportVariables } from './exported-variables.ts';
export type { FormerInput, FormerInputs } from './former-inputs.ts';
export type {
  Annotation,
  CheckHost,
  Checkout,
  ConfiguredNetwork,
  Host,
  Job,
  ProposedChange,
  ServiceConnection,
} from './host.ts';
export type { InputDefinition, InputValues } from './input.ts';
export { inputGroups } from './input-group.ts';
export { useNetwork } from './network.ts';
export { newName } from './new-name.ts';
export { notWritten } from './not-written.ts';
export type { CheckOutcome, Outcome } from './outcome.ts';
export { type PlatformName, platformNames, platformTitles } from './platform-name.ts';
export { checkProcess, cleanUpProcess, stepProcess } from './process.ts';
export { mayBeSecret } from './secrecy.ts';
export { secretDirectory, writeSecretFiles } from './secret-files.ts';
export {
  type AnyStep,
  type Check,
  type CheckContext,
  type CleanUp,
  defineCheck,
  defineStep,
  inputsOf,
  isCheck,
  type OutputDefinition,
  outputsOf,
  type Step,
  type StepContext,
} from './step.ts';
export { checkTempDirectory, StepFolder } from './step-folder.ts';
export { warnOfUnverifiedTls } from './unverified-tls.ts';
