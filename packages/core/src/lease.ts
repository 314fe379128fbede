/** A value that expires. */
export interface Lease<T> {
  readonly value: T;
  /** In ms since 1970-01-01 UTC. */
  readonly expiresAt: number;
}
