export { type ConditionContext, holds } from './condition.ts';
export { type Evaluation, evaluateTrustPolicy, type TrustRequest } from './evaluate.ts';
export {
  type Assertion,
  type CredentialMatch,
  type FederatedCredential,
  matchFederatedCredential,
} from './federated-credential.ts';
export {
  type Condition,
  MalformedPolicyError,
  parseTrustPolicy,
  type Statement,
  type TrustPolicy,
} from './policy.ts';
