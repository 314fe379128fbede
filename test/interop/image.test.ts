import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { root } from '../harness/process.ts';

const deploy = join(root, 'deploy');
const tools = join(deploy, 'tools');
const dockerfile = readFileSync(join(deploy, 'Dockerfile'), 'utf8');

/** The stages of the Dockerfile, in order, by their names. */
const stages = dockerfile
  .split(/^FROM /m)
  .slice(1)
  .map((text) => {
    const [, from = '', name = ''] = /^(?:--platform=\S+ )?(\S+) AS (\S+)$/m.exec(text) ?? [];
    return { from, name, text };
  });

describe('the image', () => {
  it('is built from whole versions, and without a target it is the minimal one', () => {
    const own = stages.map(({ name }) => name);
    const outside = stages.filter(({ from }) => !own.includes(from));
    expect(outside.length).toBeGreaterThan(1);
    for (const { from } of outside) expect(from).toMatch(/:\d+\.\d+\.\d+-/);
    expect(own.at(-1)).toBe('minimal');
  });

  it.each(['git', 'iputils-ping', 'libicu72'])('the agent has what it calls itself: %s', (debian) => {
    const installed =
      /apt-get install -y --no-install-recommends (.*) \\$/m.exec(
        stages.find(({ name }) => name === 'agent')?.text ?? '',
      ) ?? [];
    expect(installed[1]?.split(' ')).toContain(debian);
  });

  it.each(['agent', 'tools'])('%s is not run by root', (name) => {
    const users = stages.find((stage) => stage.name === name)?.text.match(/^USER .*$/gm) ?? [];
    expect(users.at(-1)).toBe('USER 10001:10001');
  });
});

const rows = readFileSync(join(tools, 'checksums.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [sum = '', machine = '', address = ''] = line.split(' ');
    return { sum, machine, address };
  });

describe('tools of the image', () => {
  it('have a checksum for both machines, of the same version', () => {
    const of = (machine: string) => rows.filter((row) => row.machine === machine);
    const anyMachine = (address: string) => address.replaceAll(/amd64|arm64/g, '…');
    expect(of('amd64').map(({ address }) => anyMachine(address))).toEqual(
      of('arm64').map(({ address }) => anyMachine(address)),
    );
    expect(new Set(rows.map(({ sum }) => sum)).size).toBe(rows.length);
    for (const { sum, machine, address } of rows) {
      expect(sum).toMatch(/^[\da-f]{64}$/);
      expect(address).toMatch(/^https:\/\/(dl\.k8s\.io|releases\.hashicorp\.com)\//);
      expect(address).toContain(machine);
    }
  });

  it('of Python have the hashes of all that they need', () => {
    const lines = readFileSync(join(tools, 'azure-cli.txt'), 'utf8').replaceAll('\\\n', '').trim().split('\n');
    const requirements = lines.filter((line) => !line.startsWith('#'));
    expect(requirements.filter((line) => !/^[a-z\d-]+==\S+( +--hash=sha256:[\da-f]{64})+$/.test(line))).toEqual([]);
    expect(requirements.filter((line) => line.startsWith('azure-cli=='))).toHaveLength(1);
  });

  const kubectl = '#!/bin/sh\necho kubectl';
  const archive = Buffer.from(zipSync({ terraform: Buffer.from('terraform') }));
  const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
  const installed = (machine: string, sums: readonly [string, string]) => {
    const folder = mkdtempSync(join(tmpdir(), 'tools-'));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const program = (name: string, line: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'kubectl'), kubectl);
    writeFileSync(join(folder, 'terraform.zip'), archive);
    writeFileSync(join(folder, 'azure-cli.txt'), '');
    writeFileSync(
      join(folder, 'checksums.txt'),
      ['amd64', 'arm64']
        .flatMap((one) => [
          `# of ${one}`,
          `${sums[0]} ${one} https://${one}.example.com/kubectl`,
          `${sums[1]} ${one} https://${one}.example.com/terraform.zip`,
        ])
        .join('\n'),
    );
    program('dpkg', `echo ${machine}`);
    // --output <file> <address>
    program(
      'curl',
      `echo "$*" >>'${folder}/asked'; for last; do :; done; cp '${folder}'/"\${last##*/}" "$(echo "$*" | sed 's/.*--output \\([^ ]*\\) .*/\\1/')"`,
    );
    program(
      'python3',
      `mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "$*" >>${folder}/pip\\n' >"$3/bin/pip"; chmod +x "$3/bin/pip"`,
    );
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const { status, stderr } = spawnSync('sh', [join(tools, 'install.sh'), folder, join(folder, 'root')], {
      env,
      encoding: 'utf8',
    });
    const read = (path: string) =>
      existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
    return { status, stderr, read };
  };
  const right = [sha256(kubectl), sha256(archive)] as const;
  const hasUnzip = spawnSync('unzip', ['-v']).status === 0;

  it.skipIf(!hasUnzip)('are those of the machine, in place (skipped: no "unzip")', () => {
    const { status, stderr, read } = installed('arm64', right);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(read('root/usr/local/bin/kubectl')).toBe(kubectl);
    expect(read('root/usr/local/bin/terraform')).toBe('terraform');
    expect(read('asked')).not.toContain('amd64');
    expect(read('pip')).toMatch(/--require-hashes .*--no-deps/);
  });

  it.each([
    ['the first', [sha256('other'), right[1]], 'kubectl'],
    ['the second', [right[0], sha256('other')], 'terraform'],
  ] as const)('are not installed with another checksum: %s', (_title, sums, missing) => {
    const { status, read } = installed('amd64', sums);
    expect(status).not.toBe(0);
    expect(read(`root/usr/local/bin/${missing}`)).toBeUndefined();
    expect(read('pip')).toBeUndefined();
  });

  it('are not silently left out on another machine', () => {
    const { status, stderr } = installed('riscv64', right);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'there are no checksums for riscv64\n' });
  });
});

/** What a shell would run for a stage's RUN lines. */
const runsOf = (name: string) =>
  [
    ...(stages
      .find((stage) => stage.name === name)
      ?.text.replaceAll('\\\n', '')
      .matchAll(/^RUN (.*)$/gm) ?? []),
  ].map(([, line = '']) => line);

const bundle = join(root, 'packages/cli/dist/main');
const debian = process.env.INTEROP_DEBIAN_ROOT ?? '';
const canChange = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

describe.skipIf(!canChange || !existsSync(join(debian, 'usr')))(
  "the minimal image's recipe, in Debian's own root (skipped: no INTEROP_DEBIAN_ROOT, which debootstrap makes, or not root)",
  () => {
    it('runs, and the command in it runs as its user on a root that is read-only', () => {
      const folder = mkdtempSync(join(tmpdir(), 'image-'));
      chmodSync(folder, 0o755);
      const image = join(folder, 'root');
      execFileSync('cp', ['--archive', '--one-file-system', debian, image]);
      // What the base image of Node and COPY bring.
      copyFileSync(process.execPath, join(image, 'usr/local/bin/node'));
      cpSync(bundle, join(image, 'opt/fedbridge'), { recursive: true });
      for (const file of ['resolv.conf', 'hosts']) copyFileSync(`/etc/${file}`, join(image, 'etc', file));
      rmSync(join(image, 'etc/apt'), { recursive: true });
      cpSync('/etc/apt', join(image, 'etc/apt'), { recursive: true });
      const inside = (script: string) =>
        execFileSync('unshare', ['--mount', '--pid', '--fork', 'sh', '-euc', script, 'sh', image], {
          encoding: 'utf8',
        });
      const mounts = 'mount --bind "$1" "$1"; mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"';
      // None of this machine's variables: its TMPDIR is not in there.
      const chroot = 'chroot "$1" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
      for (const run of runsOf('agent'))
        inside(`${mounts}; ${chroot} DEBIAN_FRONTEND=noninteractive /bin/sh -c '${run.replaceAll("'", "'\\''")}'`);
      const asAgent = (command: string) =>
        inside(
          `${mounts}; for folder in tmp azp home/agent; do mount -t tmpfs -o uid=10001,gid=10001 tmpfs "$1/$folder"; done
           mount -o remount,ro,bind "$1"
           chroot --userspec=10001:10001 "$1" /usr/bin/env -i HOME=/home/agent PATH=/usr/local/bin:/usr/bin:/bin ${command}`,
        );
      expect(asAgent('tini -- fedbridge agent run --help')).toContain('--once');
      expect(asAgent('git --version')).toMatch(/^git version/);
      expect(() => asAgent('touch /opt/fedbridge/x')).toThrow();
      expect(asAgent(`sh -c 'id -u; cd /azp && touch x && ls'`)).toBe('10001\nx\n');
      rmSync(folder, { recursive: true });
    });
  },
);
