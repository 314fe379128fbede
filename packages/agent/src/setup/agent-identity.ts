import type { RestCall } from '../azure-devops-rest.ts';
import type { SetupCalls } from './setup-calls.ts';

/** An identity as tokens name it. */
export interface Principal {
  readonly clientId: string;
  /** The object id of its service principal. */
  readonly principalId: string;
  readonly tenantId: string;
}

/** A federated credential. */
export interface Credential {
  readonly name: string;
  readonly issuer: string;
  /** None in a flexible one. */
  readonly subject: string | undefined;
  readonly audiences: readonly string[];
}

/** What agents are: a managed identity, or an application. */
export interface AgentIdentity {
  /** The API that it is kept by. */
  readonly api: 'resourceManager' | 'graph';
  /** @throws FedbridgeError `INPUT_INVALID` where there is none, and what a call throws */
  principal(calls: SetupCalls): Promise<Principal>;
  /** @throws what a call throws */
  credentials(calls: SetupCalls): Promise<readonly Credential[]>;
  /** What writes one. @param isNew - whether none of its name is there */
  writing(credential: Credential, isNew: boolean): RestCall;
}
