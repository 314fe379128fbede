import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '../../harness/process.ts';
import { python, pythonHas } from '../../harness/python.ts';
import { atOnce } from './at-once.ts';
import type { StandInS3 } from './stand-in-s3.ts';

/** The cloud that clients are sent to. */
interface Cloud {
  /** The URL of STS. */
  readonly sts: string;
  readonly s3: StandInS3;
}

/** A program or library of others, of one version. */
export interface Client {
  readonly title: string;
  /** Why it is not tried on this machine. */
  readonly missing: string | undefined;
  /** It takes its credentials by a library that is tried on every machine: it is tried on a few. */
  readonly onFewMachines?: true;
  /** Who the cloud says a program with each of these environments is: ARNs, or what it said instead. */
  callerIdentities(environments: readonly Variables[], cloud: Cloud): Promise<readonly string[]>;
}

const here = import.meta.dirname;
const machine = { PATH: process.env.PATH ?? '' };
const goClient = 'interop-client';
/** Where `.ci/run` unpacks Debian's packages; by default where Debian installs them. */
const debian = join(process.env.INTEROP_DEBIAN ?? '/', 'usr/lib/python3/dist-packages');
/** Where `.ci/run` has the classes and libraries of test/interop/java. */
const java = process.env.INTEROP_JAVA ?? '';
const javaWords = ['java.lang', 'java.util'].flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]);

const hasGo = answers(goClient, ['none']);
const noGo = hasGo ? undefined : 'test/interop/go is not built';
const noJava =
  existsSync(join(java, 'InteropClient.class')) && answers('java', ['-version'])
    ? undefined
    : 'test/interop/java is not built';
const ofDebian = (module: string, version: string) => {
  const program = `import ${module}; print(${module}.__version__)`;
  const { stdout } = spawnSync('/usr/bin/python3', ['-c', program], { env: { PYTHONPATH: debian }, encoding: 'utf8' });
  return stdout?.trim() === version ? undefined : `Debian 12's ${module} is not installed`;
};

/** Each asked as a later step of a job: nothing in its environment but what it is given. */
export const clients: readonly Client[] = [
  {
    title: 'AWS CLI, version 1 (newest)',
    onFewMachines: true,
    missing: pythonHas('awscli') ? undefined : 'awscli is not installed',
    callerIdentities: conversation(python, [join(here, 'client.py'), 'awscli']),
  },
  {
    title: 'AWS CLI, version 2 (2.9.19 of Debian 12)',
    missing: ofDebian('awscli', '2.9.19'),
    callerIdentities: conversation('/usr/bin/python3', [join(here, 'client.py'), 'awscli'], { PYTHONPATH: debian }),
  },
  {
    title: 'boto3 (newest)',
    missing: pythonHas('boto3') ? undefined : 'boto3 is not installed',
    callerIdentities: conversation(python, [join(here, 'client.py'), 'boto3']),
  },
  {
    title: 'boto3 (1.26.27 of Debian 12)',
    missing: ofDebian('boto3', '1.26.27'),
    callerIdentities: conversation('/usr/bin/python3', [join(here, 'client.py'), 'boto3'], { PYTHONPATH: debian }),
  },
  {
    title: 'AWS SDK for JavaScript v2',
    missing: undefined,
    callerIdentities: conversation(process.execPath, ['--no-warnings', join(here, 'client.ts'), 'v2']),
  },
  {
    title: 'AWS SDK for JavaScript v3',
    missing: undefined,
    callerIdentities: conversation(process.execPath, ['--no-warnings', join(here, 'client.ts'), 'v3']),
  },
  { title: 'AWS SDK for Go v1', missing: noGo, callerIdentities: conversation(goClient, ['aws-sdks-v1']) },
  { title: 'AWS SDK for Go v2', missing: noGo, callerIdentities: conversation(goClient, ['aws-sdks-v2']) },
  {
    title: 'rclone',
    onFewMachines: true,
    missing: answers('interop-rclone', ['version']) ? undefined : 'test/interop/rclone is not built',
    callerIdentities: signing('interop-rclone', ({ s3 }, bucket) => ({
      args: ['lsf', '--retries', '1', '--low-level-retries', '1', '--config', '/dev/null', `s3:${bucket}`],
      env: {
        RCLONE_CONFIG_S3_TYPE: 's3',
        RCLONE_CONFIG_S3_PROVIDER: 'Other',
        RCLONE_CONFIG_S3_ENV_AUTH: 'true',
        RCLONE_CONFIG_S3_ENDPOINT: s3.url,
      },
    })),
  },
  {
    title: 's3cmd',
    onFewMachines: true,
    missing: answers('s3cmd', ['--version']) ? undefined : 'there is no "s3cmd" on the path',
    callerIdentities: signing('s3cmd', ({ s3 }, bucket) => {
      const { host } = new URL(s3.url);
      const where = ['--no-ssl', `--host=${host}`, `--host-bucket=${host}`, '--region=us-east-1', '--max-retries=1'];
      return { args: ['ls', `s3://${bucket}`, ...where], env: {} };
    }),
  },
  {
    title: 'Terraform, S3 backend',
    onFewMachines: true,
    missing: answers('terraform', ['version']) ? undefined : 'there is no "terraform" on the path',
    callerIdentities: signing('terraform', ({ s3, sts }, bucket) => {
      const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
      writeFileSync(join(folder, 'main.tf'), backend(bucket, s3.url, sts));
      return { args: [`-chdir=${folder}`, 'init', '-input=false', '-no-color'], env: { CHECKPOINT_DISABLE: '1' } };
    }),
  },
  {
    title: 'AWS SDK for Java v1',
    missing: noJava,
    callerIdentities: conversation('java', [...javaWords, '-cp', `${java}:${java}/*`, 'InteropClient', 'v1']),
  },
  {
    title: 'AWS SDK for Java v2',
    missing: noJava,
    callerIdentities: conversation('java', [...javaWords, '-cp', `${java}:${java}/*`, 'InteropClient', 'v2']),
  },
  {
    title: 'AWS SDK for Rust',
    missing: answers('interop-rust', []) ? undefined : 'test/interop/rust is not built',
    callerIdentities: conversation('interop-rust', ['aws-sdks']),
  },
  {
    title: 'AWS SDK for Ruby (3.168.1 of Debian 12)',
    missing: says('3.168.1', 'ruby', ['-raws-sdk-core', '-e', 'print Aws::CORE_GEM_VERSION'])
      ? undefined
      : "Debian 12's ruby-aws-sdk-core is not installed",
    callerIdentities: conversation('ruby', [join(here, 'client.rb')]),
  },
  {
    title: 'AsyncAws for PHP (1.18.1 of Debian 12)',
    missing: says('1', 'php', [
      '-r',
      '@include "AsyncAws/Core/autoload.php"; print class_exists("AsyncAws\\Core\\Sts\\StsClient");',
    ])
      ? undefined
      : "Debian 12's php-async-aws-core is not installed",
    callerIdentities: conversation('php', [join(here, 'client.php')]),
  },
];

function answers(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).error === undefined;
}

function says(text: string, program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout === text;
}

/** A program that reads the environments to take from stdin and tells who it is with each. */
function conversation(program: string, args: readonly string[], env: Variables = {}): Client['callerIdentities'] {
  return async (environments, { sts }) => {
    const stdin = JSON.stringify({ endpoint: sts, environments });
    const { stdout, stderr } = await run(program, args, { ...machine, ...env }, stdin);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as string[];
  };
}

interface Call {
  readonly args: readonly string[];
  readonly env: Variables;
}

/** A program that lists a bucket: who signed that is told by the bucket. */
function signing(program: string, callOf: (cloud: Cloud, bucket: string) => Call): Client['callerIdentities'] {
  return (environments, cloud) =>
    atOnce(2, environments, async (environment, index) => {
      const bucket = `${program}-${index}`;
      const { args, env } = callOf(cloud, bucket);
      const { stdout, stderr } = await run(program, args, { ...environment, ...env });
      return cloud.s3.callerOf(bucket) ?? `${stdout}${stderr}`.trim();
    });
}

function backend(bucket: string, s3: string, sts: string): string {
  return `terraform {
  backend "s3" {
    bucket         = "${bucket}"
    key            = "terraform.tfstate"
    use_path_style = true
    endpoints      = { s3 = "${s3}", sts = "${sts}" }
  }
}
`;
}

function run(program: string, args: readonly string[], env: Variables, stdin?: string) {
  return new Promise<{ readonly stdout: string; readonly stderr: string }>((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const ended = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        ended[stream] += text;
      });
    }
    child.on('error', reject).on('close', () => resolve(ended));
    child.stdin?.end(stdin);
  });
}
