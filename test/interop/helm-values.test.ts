import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartValues, formatChartValues } from '../../packages/cli/src/commands/agent/chart-values.ts';
import {
  chart,
  hasHelm,
  helmTemplate,
  type PodTemplate,
  rendered,
  required,
  type ScaledJobSpec,
  scaledJob,
} from '../harness/chart.ts';

const { pool, identity } = required;

describe.skipIf(!hasHelm)('values of the chart (skipped: no helm on this machine)', () => {
  it.each([
    ['organizationUrl', ''],
    ['pool', { ...pool, name: '' }],
    ['pool', { ...pool, id: '' }],
    ['identity', { ...identity, clientId: '' }],
    ['identity', { ...identity, tenantId: '' }],
  ])('%s is required: %j', (name, value) => {
    const { status, stderr } = helmTemplate({ [name]: value });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`at '/${name}`);
  });

  it.each([
    [
      'a name that there is not',
      { scaling: { demands: 'java' } },
      "at '/scaling': additional properties 'demands' not allowed",
    ],
    ['a section that there is not', { scalling: {} }, "additional properties 'scalling' not allowed"],
    ['no agent at most', { scaling: { max: 0 } }, "at '/scaling/max': minimum: got 0, want 1"],
    ['a number as text', { scaling: { max: '20' } }, "at '/scaling/max': got string, want integer"],
    ['a pool that is no number', { pool: { ...pool, id: '1.2e+07' } }, "at '/pool/id'"],
    ['a part of a pool', { pool: { ...pool, id: 12.5 } }, "at '/pool/id'"],
    ['pool 0', { pool: { ...pool, id: 0 } }, "at '/pool/id': minimum: got 0, want 1"],
    ['two demands in one', { pool: { ...pool, demands: ['java,maven'] } }, "at '/pool/demands/0'"],
    [
      'an address that KEDA finds no name in',
      { organizationUrl: 'https://dev.azure.com/contoso/' },
      "at '/organizationUrl'",
    ],
    ['an address with a user', { organizationUrl: 'https://me@dev.azure.com/contoso' }, "at '/organizationUrl'"],
    ['an address without an organization', { organizationUrl: 'https://dev.azure.com' }, "at '/organizationUrl'"],
    ['an address of a project', { organizationUrl: 'https://dev.azure.com/contoso/web' }, "at '/organizationUrl'"],
    ['an account that is no name', { serviceAccount: { name: 'a..b' } }, "at '/serviceAccount/name'"],
    ['an account that is too long', { serviceAccount: { name: 'a'.repeat(254) } }, "at '/serviceAccount/name'"],
    ...['999.1.1.1/32', '10.0.0.256/8', '10.0.0/8', '10.0.0.0.0/8', '10.0.0.0/33', '10.0.0.0', '0.0.0.0/0'].map(
      (range): [string, object, string] => [
        `the range ${range}`,
        { networkPolicy: { egressExcept: [range] } },
        "at '/networkPolicy/egressExcept/0'",
      ],
    ),
    ['an offline agent without a name', { placeholder: { name: '' } }, 'placeholder.name is empty'],
    ['a KEDA that is too old', { keda: { version: '2.15.1' } }, "at '/keda/version'"],
    ['a KEDA without its patch', { keda: { version: '2.20' } }, "at '/keda/version'"],
    ['an id that is none', { identity: { ...identity, clientId: 'agents' } }, "at '/identity/clientId'"],
    ['a digest of another kind', { image: { digest: 'sha1:00' } }, "at '/image/digest'"],
    ['a port that is none', { networkPolicy: { egressPorts: [0] } }, "at '/networkPolicy/egressPorts/0'"],
    ['an agent whose name Azure DevOps refuses', { placeholder: { name: 'a/b' } }, "at '/placeholder/name'"],
    [
      'more at least than at most',
      { scaling: { min: 30 } },
      'scaling.min is 30 and scaling.max is 20: there cannot be more agents at least than at most.',
    ],
    ['demands without any', { keda: { jobs: 'demands' } }, 'keda.jobs is demands, and pool.demands has none'],
    ['all of no demands', { keda: { requireAllDemands: true } }, 'keda.requireAllDemands is for pool.demands'],
    [
      'what KEDA refuses',
      { keda: { jobs: 'parent', jobsToFetch: 9 } },
      'keda.jobsToFetch does not go with keda.jobs parent',
    ],
    ['Docker without an image', { docker: { enabled: true } }, 'docker.image is required with docker.enabled'],
  ])('%s is refused with what is wrong', (_title, values, message) => {
    const { status, stderr } = helmTemplate(values);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });

  // Of a key that is there twice the last one counts: the chart's NetworkPolicy, budget and identity would miss the pod.
  it.each(['ScaledJob', 'Deployment'])(
    'labels and annotations that the chart sets are refused as further ones: %s',
    (of) => {
      const base = {
        scaling: { kind: of === 'ScaledJob' ? 'keda' : 'none' },
        docker: { enabled: true, image: 'docker:1-dind-rootless' },
      };
      const objects = rendered(base);
      const agents = objects.find(({ kind }) => kind === of)?.spec as {
        template?: PodTemplate;
        jobTargetRef?: ScaledJobSpec['jobTargetRef'];
      };
      const { labels, annotations } = (agents.template ?? agents.jobTargetRef?.template)?.metadata ?? {};
      const account = objects.find(({ kind }) => kind === 'ServiceAccount')?.metadata.annotations;
      const own: readonly (readonly [string, object | undefined, (further: object) => object])[] = [
        ['podLabels', labels, (podLabels) => ({ podLabels })],
        ['podAnnotations', annotations, (podAnnotations) => ({ podAnnotations })],
        ['serviceAccount.annotations', account, (further) => ({ serviceAccount: { annotations: further } })],
      ];
      for (const [name, set, values] of own) {
        expect(Object.keys(set ?? {})).not.toEqual([]);
        for (const key of Object.keys(set ?? {})) {
          const { status, stderr } = helmTemplate({ ...base, ...values({ [key]: 'x' }) });
          expect(status).not.toBe(0);
          expect(stderr).toContain(`${name} has ${key}, which the chart sets itself: leave it out.`);
        }
      }
    },
  );

  it.each([
    [{ organizationUrl: 'https://contoso.visualstudio.com' }],
    [{ organizationUrl: 'https://devops.example.com:8443/tfs/Default@Collection' }],
    [{ serviceAccount: { name: 'ci.agents-1' } }],
    [{ networkPolicy: { egressExcept: ['10.0.0.0/8', '192.168.249.255/32', '100.64.0.0/10', '128.0.0.0/1'] } }],
    [{ placeholder: { enabled: false, name: '' } }],
  ])('%j is as good as any', (values) => {
    expect(helmTemplate(values)).toMatchObject({ status: 0, stderr: '' });
  });

  // Source: Kubernetes, "Sidecar containers": on by default from 1.29 on.
  it.each([
    ['1.28.9', 'chart requires kubeVersion: >=1.29.0-0'],
    ['1.29.0', ''],
  ])('Kubernetes %s, where a sidecar may keep its pod: "%s"', (kubernetes, said) => {
    const { stderr } = helmTemplate({}, { kubernetes });
    expect(stderr).toContain(said);
    expect(stderr === '').toBe(said === '');
  });

  it.each([['12000000'], [12000000], [2147483647]])('pool %j keeps its digits', (id) => {
    const [trigger] = scaledJob({ pool: { ...pool, id } }).triggers;
    expect(trigger?.metadata.poolID).toBe(String(id));
  });

  it('those that "fedbridge agent setup" writes are enough', () => {
    const facts = {
      organization: 'https://dev.azure.com/contoso',
      pool: 'builds: "large"',
      poolId: 12_000_000,
      principal: { clientId: identity.clientId, tenantId: identity.tenantId, principalId: identity.clientId },
      demands: [
        { name: 'java', value: undefined },
        { name: 'os', value: 'linux' },
      ],
      account: { issuer: 'https://issuer.example.com/', audience: 'x', namespace: 'ci', serviceAccount: 'builder' },
    };
    const file = join(mkdtempSync(join(tmpdir(), 'values-')), 'agents.yaml');
    writeFileSync(file, formatChartValues(chartValues(facts)));
    const args = ['template', 'agents', chart, '--kube-version', '1.33.0', '--values', file];
    const { status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const said of ['poolID: "12000000"', 'demands: "java,os,os -equals linux"', 'serviceAccountName: builder'])
      expect(stdout).toContain(said);
    expect(stdout).toContain(`value: ${JSON.stringify(facts.pool)}`);
  });

  it('a chart that has this one as a part hands it "global"', () => {
    expect(helmTemplate({ global: { region: 'x' } }).status).toBe(0);
  });
});
