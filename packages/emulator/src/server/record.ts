/** The services, each on an origin of its own. */
export type ServiceName =
  | 'github'
  | 'vstoken'
  | 'azureDevOps'
  | 'entra'
  | 'sts'
  | 'resources'
  | 'kubernetes'
  /** Each machine that was started has an origin of its own. */
  | 'machine';

/** A request as it came in. */
export interface RecordedRequest {
  readonly service: ServiceName;
  readonly method: string;
  readonly path: string;
  /** The query string without its question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** The answer's status; 0 until there is one, and for a connection that was dropped. */
  status: number;
  /** When it came, in ms since 1970-01-01 UTC by the emulator's clock. */
  readonly at: number;
  /** Whether a relying party of the emulator made it, to read an issuer's keys. */
  readonly internal: boolean;
}
