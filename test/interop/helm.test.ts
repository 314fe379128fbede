import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScaledJob } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledJob';
import { TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Pod } from 'kubernetes-models/v1/Pod';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import {
  type Container,
  hasHelm,
  helmTemplate,
  type PodTemplate,
  type Rendered,
  rendered,
  required,
  scaledJob,
} from '../harness/chart.ts';
import { root } from '../harness/process.ts';

const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  Deployment,
  Job,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  ScaledJob,
  ServiceAccount,
  TriggerAuthentication,
};

const always = ['Job', 'NetworkPolicy', 'Pod', 'PodDisruptionBudget', 'ServiceAccount'];
const withKeda = [...always, 'ScaledJob', 'TriggerAuthentication'];

/** Every value that the chart has beside the required ones, set to something. */
const everything = {
  pool: { ...required.pool, demands: ['java', 'os=linux'] },
  image: { repository: 'images.example.com/agent', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'pull' }],
  serviceAccount: { annotations: { note: 'x' } },
  docker: {
    enabled: true,
    image: 'images.example.com/docker:1-dind-rootless',
    resources: { limits: { memory: '4Gi' } },
  },
  networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.4/32' } }], ports: [{ protocol: 'TCP', port: 3128 }] }] },
  env: [{ name: 'EXTRA', value: 'x' }],
  envFrom: [{ configMapRef: { name: 'settings' } }],
  volumes: [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }],
  volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
  initContainers: [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }],
  podAnnotations: { note: 'x' },
  podLabels: { team: 'platform' },
  priorityClassName: 'low',
  runtimeClassName: 'kata',
  nodeSelector: { pool: 'ci' },
  tolerations: [{ key: 'ci', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
  ],
};

describe.skipIf(!hasHelm)('the chart, rendered by helm (skipped: no helm on this machine)', () => {
  it.each([
    ['as it is', {}, withKeda],
    ['with everything', everything, withKeda],
    ['without KEDA', { ...everything, scaling: { kind: 'none' } }, [...always, 'Deployment']],
    [
      'with what is there already',
      {
        serviceAccount: { create: false, name: 'ci' },
        placeholder: { enabled: false },
        networkPolicy: { enabled: false },
      },
      ['Pod', 'PodDisruptionBudget', 'ScaledJob', 'TriggerAuthentication'],
    ],
  ])('%s: every object passes the schemas of Kubernetes and KEDA', (_title, values, kinds) => {
    const objects = rendered(values);
    expect(objects.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    for (const object of objects) {
      const Model = models[object.kind];
      if (!Model) throw new Error(`no schema of ${object.kind}`);
      new Model(object as never).validate();
    }
    for (const pod of podsOf(objects)) {
      // KEDA's schema leaves the pod open: it is one of Kubernetes' own.
      new Pod({ apiVersion: 'v1', kind: 'Pod', ...pod } as never).validate();
      expect(pod.metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
      const own = (values as { serviceAccount?: { name?: string } }).serviceAccount?.name ?? 'fedbridge-agent';
      expect(pod.spec.serviceAccountName).toBe(own);
    }
    expect(JSON.stringify(objects)).not.toMatch(/AZP_TOKEN|personalAccessToken/);
  });

  it('a schema that is not met is noticed', () => {
    const [object] = rendered({}).filter(({ kind }) => kind === 'ScaledJob');
    expect(() => new ScaledJob({ ...object, spec: { triggers: 'none' } } as never).validate()).toThrow();
  });

  it('everything that is set reaches the pod of an agent', () => {
    const { template } = scaledJob(everything).jobTargetRef;
    const { metadata, spec } = template;
    expect(metadata).toMatchObject({ labels: everything.podLabels, annotations: everything.podAnnotations });
    const { priorityClassName, runtimeClassName, nodeSelector, tolerations, affinity, topologySpreadConstraints } =
      everything;
    expect(spec).toMatchObject({ priorityClassName, runtimeClassName, nodeSelector, tolerations, affinity });
    expect(spec).toMatchObject({ topologySpreadConstraints, imagePullSecrets: everything.imagePullSecrets });
  });

  it('variables and what is mounted reach all pods, such as a proxy and the certificate of its authority', () => {
    const pods = podsOf(rendered(everything));
    const ours = pods.flatMap(({ spec }) => commandsOf(spec));
    expect(ours.map(({ args }) => args[1]).sort()).toEqual(['check', 'listen', 'placeholder', 'run']);
    for (const container of ours) {
      expect(container).toMatchObject({ envFrom: everything.envFrom });
      expect(container.env).toContainEqual(everything.env[0]);
      expect(container.volumeMounts).toContainEqual(everything.volumeMounts[0]);
    }
    for (const { spec } of pods) expect(spec).toMatchObject({ volumes: expect.arrayContaining(everything.volumes) });
  });

  it('whatever stays beside the agent is a sidecar, which ends with it', () => {
    const { spec } = scaledJob(everything).jobTargetRef.template;
    expect(spec.containers.map(({ name }) => name)).toEqual(['agent']);
    expect(spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ['registration', 'Always'],
      ['docker', 'Always'],
      ['proxy', 'Always'],
    ]);
  });

  // Source: azure-workload-identity, webhook.go: of containers and init containers it leaves out those of the annotation.
  it.each([
    [{}, 'agent'],
    [everything, 'agent;docker;proxy'],
    [{ scaling: { kind: 'none' } }, 'agent'],
  ])('only the container that registers the agent has the identity, and no job runs there: %#', (values, skipped) => {
    const [pod] = podsOf(rendered(values)).filter(({ spec }) => spec.initContainers);
    expect(pod?.metadata.annotations).toMatchObject({ 'azure.workload.identity/skip-containers': skipped });
    const all = [...(pod?.spec.initContainers ?? []), ...(pod?.spec.containers ?? [])];
    const withIdentity = all.filter(({ name }) => !skipped.split(';').includes(name));
    expect(withIdentity.map(({ name }) => name)).toEqual(['registration']);
    // What it reads and runs, no other container can write to.
    const own = ['registration-home', 'registration-tmp', 'registration-azp'];
    for (const { name, volumeMounts } of all)
      expect(volumeMounts?.some((mount) => own.includes(mount.name)) ?? false).toBe(name === 'registration');
    const [registration] = withIdentity;
    const at = (path: string) => registration?.volumeMounts.find(({ mountPath }) => mountPath === path)?.name;
    expect([at('/home/agent'), at('/tmp'), at('/azp')]).toEqual(own);
    const handedOver = all.flatMap(({ volumeMounts }) => volumeMounts ?? []).filter(({ name }) => name === 'hand-over');
    expect(handedOver.map(({ readOnly }) => readOnly)).toEqual([undefined, true]);
    expect(registration?.args.join(' ')).toContain('--hand-over /hand-over --folder /home/agent/agent');
  });

  it.each([
    ['rootless', 1000],
    ['privileged', 0],
  ])('a Docker daemon that is %s runs as user %i, and is not on the network', (mode, runAsUser) => {
    const { docker } = everything;
    const { spec } = scaledJob({ docker: { ...docker, mode } }).jobTargetRef.template;
    const daemon = spec.initContainers?.find(({ name }) => name === 'docker');
    expect(daemon).toMatchObject({ securityContext: { privileged: true, runAsUser } });
    // Any further host, and the entry point's own, would be one that the whole pod network reaches.
    expect(daemon?.args.filter((arg) => !arg.startsWith('--group'))).toEqual([
      'dockerd',
      '--host=unix:///docker/docker.sock',
    ]);
    expect(spec.containers[0]?.env).toContainEqual({ name: 'DOCKER_HOST', value: 'unix:///docker/docker.sock' });
    // What a job mounts is where the daemon finds it.
    const mounts = daemon?.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(expect.arrayContaining(['/azp', '/tmp', '/docker']));
  });

  // Source: azure-workload-identity, "Service Account Labels and Annotations": 3,600 to 86,400.
  it.each([
    [3300, undefined],
    [3900, undefined],
    [3901, '3605'],
    [7200, '20100'],
    [20_460, '86400'],
    [100_000, '86400'],
  ])('a job that may take %i s yet: the token of the pod lives for %s s', (drainSeconds, seconds) => {
    const name = 'azure.workload.identity/service-account-token-expiration';
    const { metadata } = scaledJob({ drainSeconds }).jobTargetRef.template;
    expect((metadata.annotations as Readonly<Record<string, string>>)[name]).toBe(seconds);
    // The kubelet renews it with a fifth left, looks every minute or two, and a newer access token is taken every two minutes.
    const lasts = Number(seconds ?? 3600) / 5 - 240 + 3600;
    expect(lasts >= drainSeconds + 180).toBe(drainSeconds <= 20_460);
    const own = helmTemplate({ drainSeconds, podAnnotations: { [name]: '7200' } });
    expect(own.status === 0).toBe(seconds === undefined);
  });

  it('the placeholder is made after install and upgrade, with the demands', () => {
    const jobs = rendered(everything).filter(({ kind }) => kind === 'Job');
    expect(jobs.map(({ metadata }) => metadata.annotations)).toMatchObject([
      { 'helm.sh/hook': 'post-install,post-upgrade' },
    ]);
    const [pod] = podsOf(jobs);
    expect(pod?.spec.containers[0]?.args.join(' ')).toBe(
      'agent placeholder --name placeholder --identity kubernetes --wait 180 --demand java --demand os=linux',
    );
    expect(pod?.spec.containers[0]?.env).toContainEqual({ name: 'AZP_POOL', value: 'kubernetes' });
    // Helm waits five minutes for it: https://helm.sh/docs/helm/helm_install/
    expect(pod?.spec.activeDeadlineSeconds).toBeLessThan(300);
  });

  it.each([
    ['demands', ' --demand java --demand os=linux'],
    // Then KEDA starts an agent whatever a job demands.
    ['all', ''],
    ['parent', ''],
  ])('"helm test" looks why no job would start, as KEDA does by %s', (jobs, demands) => {
    const [pod] = rendered({ ...everything, keda: { jobs } }).filter(({ kind }) => kind === 'Pod');
    expect(pod?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'test' });
    const [command] = podsOf([pod as Rendered])[0]?.spec.containers ?? [];
    expect(command?.args.join(' ')).toBe(`agent check --as kubernetes${demands}`);
  });

  it.each([{}, everything, { ...everything, scaling: { kind: 'none' } }])(
    'the command knows what pods run: %#',
    (values) => {
      const env = { PATH: process.env.PATH, AZP_URL: required.organizationUrl, AZP_POOL: required.pool.name };
      for (const { args } of podsOf(rendered(values)).flatMap(({ spec }) => commandsOf(spec))) {
        const here = args.map((arg: string) => arg.replace(/^\/(azp|home)\//, mkdtempSync(join(tmpdir(), 'pod-'))));
        const { status, stderr } = spawnSync(
          process.execPath,
          [join(root, 'packages/cli/src/main.ts'), ...here, ...(args[1] === 'listen' ? ['--help'] : [])],
          { env, encoding: 'utf8' },
        );
        // Only what the webhook of workload identity brings is missing: an unknown option would be said first.
        if (args[1] === 'listen') expect(status).toBe(0);
        else expect(stderr).toContain('The option --client-id is required.');
      }
    },
  );

  it('agents of a Deployment stay, and may be drained one after another', () => {
    const objects = rendered({ scaling: { kind: 'none', replicas: 3 } });
    const { spec } = objects.find(({ kind }) => kind === 'Deployment') as { spec: { template: PodTemplate } };
    expect(spec).toMatchObject({ replicas: 3, template: { spec: { restartPolicy: 'Always' } } });
    const ours = commandsOf(spec.template.spec).map(({ args }) => args.slice(0, 3));
    expect(ours).toEqual([
      ['agent', 'run', '--hand-over'],
      ['agent', 'listen', '--hand-over'],
    ]);
    // The autoscaler's patience with a pod that it may evict is shorter than a job.
    const annotations = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' };
    expect(spec).toMatchObject({ template: { metadata: { annotations } } });
    expect(scaledJob({}).jobTargetRef.template.metadata.annotations).toMatchObject(annotations);
    expect(objects.find(({ kind }) => kind === 'PodDisruptionBudget')?.spec).toMatchObject({ maxUnavailable: 1 });
  });

  it('only pods of agents are counted by the disruption budget', () => {
    const objects = rendered({});
    const budget = objects.find(({ kind }) => kind === 'PodDisruptionBudget') as {
      spec: { selector: { matchLabels: Readonly<Record<string, string>> } };
    };
    const wanted = Object.entries(budget.spec.selector.matchLabels);
    const counted = podsOf(objects).filter(({ metadata }) =>
      wanted.every(([name, value]) => metadata.labels[name] === value),
    );
    expect(counted.map(({ spec }) => spec.containers[0]?.name)).toEqual(['agent']);
  });

  const long = 'agents-of-the-platform-team-for-the-west-of-europe-';
  it.each([
    ['a', 'b'],
    [`${long}1`, `${long}2`],
  ])('releases %s and %s in one namespace make nothing of the same name', (...releases) => {
    const names = releases.flatMap((release) =>
      rendered({ serviceAccount: { name: `sa-${release.at(-1)}` } }, { release }).map(
        ({ kind, metadata: { name } }) => `${kind} ${name}`,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
    // KEDA and Kubernetes add twelve characters to the ScaledJob's name for a pod, which is a name of an agent as well.
    for (const name of names) expect(name.split(' ')[1]?.length).toBeLessThanOrEqual(63);
    for (const name of names.filter((one) => one.startsWith('ScaledJob')))
      expect(name.split(' ')[1]?.length).toBeLessThanOrEqual(51);
  });

  it('releases share a service account that neither makes', () => {
    const made = ['a', 'b'].flatMap((release) =>
      rendered({ serviceAccount: { create: false, name: 'shared' } }, { release }),
    );
    expect(made.filter(({ kind }) => kind === 'ServiceAccount')).toEqual([]);
    expect(new Set(podsOf(made).map(({ spec }) => spec.serviceAccountName))).toEqual(new Set(['shared']));
  });

  it('pods run as the user of the image', () => {
    const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');
    const [, user = ''] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
    for (const { spec } of podsOf(rendered({})))
      expect(spec).toMatchObject({ securityContext: { runAsUser: Number(user) } });
  });

  it('pods write to volumes alone, and have no token for the cluster', () => {
    for (const { spec } of podsOf(rendered({}))) {
      expect(spec).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
      for (const container of [...(spec.initContainers ?? []), ...spec.containers])
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        });
    }
    const { spec } = scaledJob({}).jobTargetRef.template;
    expect(spec.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
      '/azp',
      '/tmp',
      '/home/agent',
      '/hand-over',
    ]);
  });
});

/** The containers of a pod that run the command. */
function commandsOf({ initContainers = [], containers }: PodTemplate['spec']): readonly Container[] {
  return [...initContainers, ...containers].filter(({ args }) => args?.[0] === 'agent');
}

/** The pods that objects are or describe. */
function podsOf(objects: readonly Rendered[]): PodTemplate[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Pod') return [object as unknown as PodTemplate];
    const { template, jobTargetRef } = (object.spec ?? {}) as {
      template?: PodTemplate;
      jobTargetRef?: { template: PodTemplate };
    };
    const pod = template ?? jobTargetRef?.template;
    return pod ? [pod] : [];
  });
}
