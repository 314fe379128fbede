import type { JobStep, TrustedJob } from '@fedbridge/trust';
import type { Option } from 'commander';
import type { SignedIn } from '../../live/signed-in-tool.ts';
import type { Need } from './need.ts';
import type { InitOptions } from './options.ts';
import type { Plan } from './plan.ts';

/** A cloud as `fedbridge init` sets it up. */
export interface CloudSetUp {
  /** What it is called. */
  readonly title: string;
  /** Its options beside those that name the jobs. */
  readonly options: readonly Option[];
  /** What is not known yet, in the order in which it is asked for. */
  needs(options: InitOptions): readonly Need[];
  /** @throws FedbridgeError `INPUT_INVALID` */
  target(options: InitOptions): CloudTarget;
}

/** What is to be there in a cloud, for some jobs. */
export interface CloudTarget {
  /** The jobs that are to be allowed; undefined where only the platform knows their subject, which `plan` asks for. */
  readonly job: TrustedJob | undefined;
  /** Which sign-in of its tool is used: `--profile=prod`. */
  readonly as: readonly string[];
  /**
   * What there is and what is to be made. It asks, and changes nothing.
   *
   * @param now - in seconds since 1970-01-01 UTC
   * @throws FedbridgeError
   */
  plan(tool: SignedIn, now: number): Promise<Plan>;
  /** The same as Terraform's code, for an account that has none of it. */
  terraform(): string;
  /** What a job does to have an identity there, by what `plan` has found. */
  readonly jobStep: JobStep;
}
