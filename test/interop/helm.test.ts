import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledJob } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledJob';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Pod } from 'kubernetes-models/v1/Pod';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../harness/process.ts';
import { ids } from '../harness/setup.ts';

const chart = join(root, 'deploy', 'helm', 'fedbridge-agent');
const hasHelm = spawnSync('helm', ['version']).status === 0;

const usual = {
  organizationUrl: 'https://dev.azure.com/contoso',
  'pool.name': 'kubernetes',
  'pool.id': '7',
  'identity.clientId': ids.assigned,
  'identity.tenantId': ids.tenant,
};

function helm(values: Readonly<Record<string, string>>) {
  const set = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  return spawnSync('helm', ['template', 'agents', chart, '--namespace', 'ci', '--kube-version', '1.33.0', ...set], {
    encoding: 'utf8',
  });
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledJob,
  ServiceAccount,
  TriggerAuthentication,
};

describe.skipIf(!hasHelm)('the chart, rendered by helm (skipped: no helm on this machine)', () => {
  it.each([
    ['as it is', {}],
    [
      'with everything',
      {
        'image.digest': `sha256:${'a'.repeat(64)}`,
        'env[0].name': 'EXTRA',
        'env[0].value': 'x',
        'volumes[0].name': 'cache',
        'volumeMounts[0].name': 'cache',
        'volumeMounts[0].mountPath': '/cache',
        'tolerations[0].key': 'ci',
        'tolerations[0].operator': 'Exists',
        'imagePullSecrets[0].name': 'pull',
        'podLabels.team': 'platform',
        'podAnnotations.note': 'x',
        'serviceAccount.annotations.note': 'x',
      },
    ],
  ])('%s: every object passes the schemas of Kubernetes and KEDA', (_title, values) => {
    const { status, stdout, stderr } = helm({ ...usual, ...values });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
    expect(objects.map(({ kind }) => kind).sort()).toEqual(Object.keys(models).sort());
    for (const object of objects) {
      const Model = models[object.kind];
      if (!Model) throw new Error(`no schema of ${object.kind}`);
      new Model(object as never).validate();
    }
    // KEDA's schema leaves the pod open: it is one of Kubernetes' own.
    const job = objects.find(({ kind }) => kind === 'ScaledJob') as unknown as {
      spec: { jobTargetRef: { template: object } };
    };
    const pod = new Pod({ apiVersion: 'v1', kind: 'Pod', ...job.spec.jobTargetRef.template } as never);
    pod.validate();
    const { spec, metadata } = pod;
    expect(metadata?.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    expect(spec?.serviceAccountName).toBe('fedbridge-agent');
    expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(3300);
    expect(JSON.stringify(objects)).not.toMatch(/AZP_TOKEN|personalAccessToken/);
  });

  it('a schema that is not met is noticed', () => {
    const [object] = parseAllDocuments(helm(usual).stdout)
      .map((document) => document.toJS() as Rendered)
      .filter(({ kind }) => kind === 'ScaledJob');
    expect(() => new ScaledJob({ ...object, spec: { triggers: 'none' } } as never).validate()).toThrow();
  });

  it.each(Object.keys(usual))('%s is required', (name) => {
    const { status, stderr } = helm({ ...usual, [name]: '' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(name.split('.')[0]);
  });
});

describe('the image', () => {
  const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');
  it('is not run by root, and its images have whole versions', () => {
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    for (const [, from = ''] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(from).toMatch(/:\d+\.\d+\.\d+-/);
  });

  it('the chart runs it as that user', () => {
    const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as { image: { repository: string } };
    expect(values.image.repository).toBe('fedbridge-agent');
    expect(readFileSync(join(chart, 'templates', 'scaledjob.yaml'), 'utf8')).toContain('runAsUser: 10001');
  });
});
