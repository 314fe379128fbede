import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasHelm, type ScaledJobSpec, scaledJob } from '../harness/chart.ts';
import { type KedaVersion, scale, type Times } from '../harness/keda.ts';
import { root } from '../harness/process.ts';

const { versions } = JSON.parse(readFileSync(join(root, 'test/schemas/keda-azure-pipelines.json'), 'utf8')) as {
  versions: Readonly<Record<string, KedaVersion>>;
};
const all = Object.entries(versions);
const of = (version: string) => scaledJob({ keda: { version } });

describe.skipIf(!hasHelm)('what the chart tells the scaler (skipped: no helm on this machine)', () => {
  const wholes = [
    {},
    { keda: { jobsToFetch: 500 } },
    { keda: { jobs: 'parent' } },
    { keda: { requireAllDemands: true }, pool: { name: 'kubernetes', id: '7', demands: ['java', 'os=linux'] } },
  ];

  it.each(all)('every name is one that KEDA %s reads', (version, { metadata }) => {
    for (const { keda = {}, ...values } of wholes as readonly { keda?: object }[]) {
      const [trigger] = scaledJob({ ...values, keda: { ...keda, version } }).triggers;
      const names = Object.keys(trigger?.metadata ?? {});
      expect(names).toContain('poolID');
      expect(names.filter((name) => !metadata.includes(name))).toEqual([]);
    }
  });

  it('without a version, every name is one that the newest KEDA reads', () => {
    const [trigger] = of('').triggers;
    const [, newest] = all.at(-1) ?? [];
    expect(Object.keys(trigger?.metadata ?? {}).filter((name) => !newest?.metadata.includes(name))).toEqual([]);
  });

  it.each([
    ['2.16.1', undefined, undefined],
    ['2.17.2', undefined, undefined],
    ['2.18.3', 'true', undefined],
    ['2.20.2', 'true', undefined],
    ['2.21.0', 'true', 'true'],
    ['2.30.1', 'true', 'true'],
  ])(
    'KEDA %s is told of unfinished jobs and of those in flight as far as it knows them',
    (version, unfinished, inFlight) => {
      const [trigger] = of(version).triggers;
      const { fetchUnfinishedJobsOnly, scaleOnInFlight } = trigger?.metadata ?? {};
      expect({ fetchUnfinishedJobsOnly, scaleOnInFlight }).toEqual({
        fetchUnfinishedJobsOnly: unfinished,
        scaleOnInFlight: inFlight,
      });
    },
  );

  it('demands are written as job requests have them', () => {
    const pool = { name: 'kubernetes', id: '7', demands: ['java', 'os=linux'] };
    const demands = (keda: object) => scaledJob({ pool, keda }).triggers[0]?.metadata.demands;
    expect(demands({})).toBe('java,os,os -equals linux');
    // All of them: a job cannot demand both of "os" and "os -equals linux".
    expect(demands({ requireAllDemands: true })).toBe('java,os -equals linux');
    expect(demands({ jobs: 'all' })).toBeUndefined();
  });

  it('agents register with the demands, and the parent is the placeholder', () => {
    const pool = { name: 'kubernetes', id: '7', demands: ['java', 'os=linux'] };
    const { triggers, jobTargetRef } = scaledJob({ pool, keda: { jobs: 'parent' }, placeholder: { name: 'template' } });
    expect(triggers[0]?.metadata).toMatchObject({ parent: 'template' });
    const [registration] = jobTargetRef.template.spec.initContainers ?? [];
    expect(registration?.args.join(' ')).toMatch(/--demand java --demand os=linux$/);
  });
});

const times: Times = { untilRunning: 25, untilRegistered: 70, job: 600, untilGone: 12 };
const hours = 3600;
const atOnce = (jobs: number) => Array.from({ length: jobs }, () => 1);
const oneByOne = (jobs: number, seconds: number) => Array.from({ length: jobs }, (_, job) => 1 + job * seconds);

describe.skipIf(!hasHelm)(
  "agents by KEDA's own formulas, for jobs of ten minutes (skipped: no helm on this machine)",
  () => {
    const rows = all.flatMap(([version, row]) => [1, 10, 100].map((jobs) => ({ version, row, jobs })));

    it.each(rows)('KEDA $version: $jobs at once start as many agents, and all end', ({ version, row, jobs }) => {
      const { started, finishedJobs, mostAtOnce } = scale(of(version), row, atOnce(jobs), times, 4 * hours);
      expect(finishedJobs).toBe(jobs);
      expect(started / jobs).toBeLessThanOrEqual(1.05);
      expect(mostAtOnce).toBeLessThanOrEqual(20);
    });

    it.each(rows)('KEDA $version: $jobs that come one by one do so too', ({ version, row, jobs }) => {
      const { started, finishedJobs, seconds } = scale(of(version), row, oneByOne(jobs, 37), times, 8 * hours);
      expect(finishedJobs).toBe(jobs);
      expect(started / jobs).toBeLessThanOrEqual(1.05);
      // Twenty at once: none waits for one that runs while there is room.
      if (jobs <= 10) expect(seconds).toBeLessThan(jobs * 37 + 600 + 120);
    });

    it.each(all)('KEDA %s without its version said starts no agent too many', (_version, row) => {
      const { started, finishedJobs } = scale(of(''), row, atOnce(10), times, 10 * hours);
      expect({ started, finishedJobs }).toEqual({ started: 10, finishedJobs: 10 });
    });

    const accurate: ScaledJobSpec['scalingStrategy'] = { strategy: 'accurate' };
    it.each(['2.16.1', '2.19.0', '2.21.0'])(
      'the strategy "accurate" on KEDA %s fills the cluster for one job',
      (version) => {
        const row = versions[version];
        if (!row) throw new Error(`no row of ${version}`);
        const { started } = scale({ ...of(version), scalingStrategy: accurate }, row, atOnce(1), times, 2 * hours);
        expect(started).toBeGreaterThanOrEqual(20);
      },
    );

    it('on KEDA 2.20 an agent without a job yet is not one that runs', () => {
      const row = versions['2.20.2'];
      if (!row) throw new Error('no row of 2.20.2');
      const spec = of('2.20.2');
      expect(spec.jobTargetRef.template.spec.containers[0]?.readinessProbe?.exec.command.join(' ')).toContain(
        'Worker_',
      );
      // Without the probe each poll between the pod's start and the job's adds one.
      expect(scale({ ...spec, scalingStrategy: accurate }, row, atOnce(1), times, hours).started).toBeGreaterThan(1);
      expect(scale(spec, row, atOnce(1), times, hours).started).toBe(1);
    });
  },
);
