/** Options of commands that have a job. */
export interface JobOptions {
  readonly config: string;
  readonly job: string;
  readonly set?: readonly (readonly [name: string, value: string])[];
}
