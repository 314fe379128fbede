import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '../../harness/process.ts';

/** Keys of somebody else, that a machine has. */
export interface Keys {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
}

/** What a machine's environment and files are made from. */
export interface Surroundings {
  readonly home: string;
  readonly corp: Keys;
  /** The variables of a pod that has a role of its own. */
  readonly pod: Variables;
  /** Serves `corp` as a container's credentials. */
  readonly container: { readonly url: string; readonly authorization: string };
}

/** What is set and what is not, beside a runner's own. */
interface Planted {
  readonly set?: Variables;
  readonly unset?: readonly string[];
}

/** A machine on which something stands in the way of what a step delivers; `../../../docs/interop.md` names them. */
export interface Machine {
  readonly title: string;
  /** Whether every client is tried on it, also one that is tried on few. */
  readonly forEveryClient?: true;
  /** What a delivery may need that is not there; it would write to the home of whoever runs the tests. */
  readonly hasNo?: 'home';
  /** Writes the machine's files. @returns its variables */
  plant(surroundings: Surroundings): Planted;
}

const oneByOne: readonly Machine[] = [
  {
    title: 'a pod with a role of its own (IRSA)',
    forEveryClient: true,
    plant: ({ pod }) => ({ set: pod }),
  },
  {
    title: 'AWS_DEFAULT_PROFILE',
    forEveryClient: true,
    plant({ home, corp }) {
      write(home, '.aws/config', '[profile corp]\nregion = us-east-1\n');
      write(home, '.aws/credentials', section('corp', corp));
      return { set: { AWS_DEFAULT_PROFILE: 'corp' } };
    },
  },
  {
    title: 'AWS_PROFILE',
    plant({ home, corp }) {
      write(home, '.aws/config', '[profile corp]\nregion = us-east-1\n');
      write(home, '.aws/credentials', section('corp', corp));
      return { set: { AWS_PROFILE: 'corp' } };
    },
  },
  {
    title: '[default] in ~/.aws/credentials',
    plant({ home, corp }) {
      write(home, '.aws/credentials', section('default', corp));
      return {};
    },
  },
  {
    title: '[profile default] in ~/.aws/config, capitals and colons',
    plant({ home, corp }) {
      const shout = (name: string, value: string) => `${name.toUpperCase()}: ${value}`;
      write(home, '.aws/config', section('profile default', corp, shout));
      return {};
    },
  },
  {
    title: '~/.boto',
    plant({ home, corp }) {
      write(home, '.boto', section('Credentials', corp));
      return {};
    },
  },
  {
    title: '$HOME in AWS_SHARED_CREDENTIALS_FILE',
    plant({ home, corp }) {
      write(home, 'corp/credentials', section('default', corp));
      return { set: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/corp/credentials' } };
    },
  },
  {
    title: '~ in AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE',
    plant({ home, corp }) {
      write(home, 'corp/credentials', section('default', corp));
      write(home, 'corp/config', '[default]\nregion = us-east-1\n');
      return { set: { AWS_SHARED_CREDENTIALS_FILE: '~/corp/credentials', AWS_CONFIG_FILE: '~/corp/config' } };
    },
  },
  {
    title: 'USERPROFILE, which is for Windows',
    plant({ corp }) {
      const elsewhere = mkdtempSync(join(tmpdir(), 'userprofile-'));
      write(elsewhere, '.aws/credentials', section('default', corp));
      return { set: { USERPROFILE: elsewhere } };
    },
  },
  {
    title: 'no HOME (but `aws-profile` is for its files)',
    hasNo: 'home',
    plant: () => ({ unset: ['HOME'] }),
  },
  {
    title: 'a container with credentials at a full URI (EKS Pod Identity)',
    plant: ({ container }) => ({
      set: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: container.authorization,
      },
    }),
  },
  {
    title: 'a container with credentials at a relative URI (ECS)',
    plant: () => ({ set: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/corp' } }),
  },
  {
    title: 'keys of an earlier step',
    plant: ({ corp }) => ({
      set: { AWS_ACCESS_KEY_ID: corp.id, AWS_SECRET_ACCESS_KEY: corp.secret, AWS_SESSION_TOKEN: corp.token },
    }),
  },
  {
    title: 'keys under the names of old tools',
    plant: ({ corp }) => ({
      set: { AWS_ACCESS_KEY: corp.id, AWS_SECRET_KEY: corp.secret, AWS_SECURITY_TOKEN: corp.token },
    }),
  },
];

/** A plain machine, each thing by itself, and all that can be together at once. */
export const machines: readonly Machine[] = [
  { title: 'a plain machine', forEveryClient: true, plant: () => ({}) },
  ...oneByOne,
  {
    title: 'all of these at once',
    forEveryClient: true,
    plant(surroundings) {
      const all = oneByOne.map((machine) => machine.plant(surroundings));
      return { set: Object.assign({}, ...all.map(({ set }) => set)) };
    },
  },
];

const plainly = (name: string, value: string) => `${name} = ${value}`;

function section(name: string, { id, secret, token }: Keys, line = plainly): string {
  const entries = { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token };
  return [`[${name}]`, ...Object.entries(entries).map(([key, value]) => line(key, value)), ''].join('\n');
}

function write(home: string, path: string, text: string): void {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
}
