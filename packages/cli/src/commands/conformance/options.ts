import type { ProfileName } from '@fedbridge/conformance/profiles';
import type { Listen } from './listen.ts';

/** What a user says of a run. */
export interface ConformanceOptions {
  /** Undefined for those of the emulator. */
  readonly against?: readonly ProfileName[];
  readonly server?: string;
  readonly issuer?: string;
  readonly listen: Listen;
  readonly tokenFile?: string;
  readonly case?: readonly string[];
  readonly printSetup: boolean;
  readonly list: boolean;
  readonly json: boolean;
}
