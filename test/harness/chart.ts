import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { root } from './process.ts';
import { ids } from './setup.ts';

export const chart = join(root, 'deploy', 'helm', 'fedbridge-agent');
export const hasHelm = spawnSync('helm', ['version']).status === 0;

/** The values that have no default. */
export const required = {
  organizationUrl: 'https://dev.azure.com/contoso',
  pool: { name: 'kubernetes', id: '7' },
  identity: { clientId: ids.assigned, tenantId: ids.tenant },
};

/** An object of Kubernetes. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

interface Given {
  readonly release?: string;
  readonly kubernetes?: string;
  /** Options of helm beside the values. */
  readonly options?: readonly string[];
}

/** What helm makes of the chart with values in a file, beside the required ones, and what it says. */
export function helmTemplate(values: object, { release = 'agents', kubernetes = '1.33.0', options = [] }: Given = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'values-')), 'values.yaml');
  writeFileSync(file, stringify({ ...required, ...values }));
  const args = ['template', release, chart, '--namespace', 'ci', '--kube-version', kubernetes, '--values', file];
  const { status, stdout, stderr } = spawnSync('helm', [...args, ...options], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The objects that the chart makes. @throws if helm refuses the values */
export function rendered(values: object, given: Given = {}): Rendered[] {
  const { status, stdout, stderr } = helmTemplate(values, given);
  if (status !== 0 || stderr !== '') throw new Error(`helm: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
}

/** A pod that the chart describes, as far as tests look. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations?: object };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly restartPolicy: string;
    readonly activeDeadlineSeconds?: number;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe?: { readonly exec: { readonly command: readonly string[] } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface ScaledJobSpec {
  readonly maxReplicaCount: number;
  readonly pollingInterval: number;
  readonly scalingStrategy: { readonly strategy: string; readonly pendingPodConditions?: readonly string[] };
  readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  readonly jobTargetRef: { readonly template: PodTemplate };
}

/** The ScaledJob among what the chart makes. */
export function scaledJob(values: object, given: Given = {}): ScaledJobSpec {
  const found = rendered(values, given).find(({ kind }) => kind === 'ScaledJob');
  if (!found) throw new Error('the chart makes no ScaledJob');
  return found.spec as ScaledJobSpec;
}
