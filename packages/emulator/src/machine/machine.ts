/** A machine of Azure with managed identities. */
export interface Machine {
  /** The client id of the machine's own identity. */
  readonly systemAssigned?: string;
  /** Client ids of identities that were assigned to it. */
  readonly userAssigned?: readonly string[];
  /** How it hands out tokens: a virtual machine's IMDS by default. */
  readonly form?: 'imds' | 'app-service' | 'azure-arc' | 'cloud-shell';
  /** Of Azure Arc: what the agent names as its key in place of one that it wrote. */
  readonly challenge?: string;
  /** Of Azure Arc: an agent from before assigned identities. */
  readonly isOld?: boolean;
}

/** A machine that runs: what its programs find in their environment. */
export interface StartedMachine {
  /** The variables that lead clients to it. */
  readonly environment: Readonly<Record<string, string>>;
}
