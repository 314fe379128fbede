/**
 * Which credentials a client takes, as far as it matters to a delivery: the order of its documented chain, and what it makes of
 * an empty variable, a path and a file. Only tests use this; `test/interop` runs the clients themselves.
 */

/** A machine as a client sees it. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Contents by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Of the user in the machine's own list. */
  readonly home: string;
}

/** Whose credentials are taken; undefined for nobody's; `error` where the client gives up. */
export type Client = (world: World) => string | undefined;

/** Source: botocore 1.29 and 1.43, `credentials.py` (`create_credential_resolver`), `configprovider.py`, `configloader.py`. */
const botocore: Client = (world) => {
  const { environment: env } = world;
  const file = (variable: string, name: string) =>
    ini(textOf(world, expandVariables(env[variable] ?? `~/.aws/${name}`, world)), 'lower');
  const credentials = file('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  const config = profilesOf(file('AWS_CONFIG_FILE', 'config'));
  // An empty name is a name.
  const given = env.AWS_DEFAULT_PROFILE ?? env.AWS_PROFILE;
  if (given !== undefined && !credentials.has(given) && !config.has(given)) return 'error';
  const name = given || 'default';
  const merged = { ...config.get(name), ...credentials.get(name) };
  if (env.AWS_ACCESS_KEY_ID) {
    if (env.AWS_CREDENTIAL_EXPIRATION) return 'error';
    const token = env.AWS_SECURITY_TOKEN || env.AWS_SESSION_TOKEN;
    return token === env.AWS_SESSION_TOKEN ? env.AWS_ACCESS_KEY_ID : 'error';
  }
  const own = credentials.get(name) ?? {};
  return (
    (env.AWS_WEB_IDENTITY_TOKEN_FILE ?? merged.web_identity_token_file) ||
    own.aws_access_key_id ||
    merged.credential_process ||
    config.get(name)?.aws_access_key_id ||
    textOf(world, expandVariables('~/.boto', world)) ||
    (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI === ''
      ? 'error'
      : (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ?? env.AWS_CONTAINER_CREDENTIALS_FULL_URI)) ||
    undefined
  );
};

/** Source: `@aws-sdk/credential-provider-node` 3.972, `defaultProvider`; `@smithy/core`, `getHomeDir`. */
const javaScript3: Client = (world) => {
  const { environment: env } = world;
  if (!env.AWS_PROFILE && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return env.AWS_ACCESS_KEY_ID;
  const home = env.HOME || env.USERPROFILE || world.home;
  const profile = bothFiles(world, home)(env.AWS_PROFILE || 'default');
  return (
    profile.aws_access_key_id ||
    profile.web_identity_token_file ||
    profile.credential_process ||
    (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-sdk 2.1693, `node_loader.js`, `util.getProfilesFromSharedConfig`, `shared-ini/ini-loader.js`. */
const javaScript2: Client = (world) => {
  const { environment: env } = world;
  const home = env.HOME || env.USERPROFILE || world.home;
  const loads = Boolean(env.AWS_SDK_LOAD_CONFIG);
  const at = (variable: string, name: string) => (loads && env[variable]) || `${home}/.aws/${name}`;
  const config = loads ? profilesOf(ini(textOf(world, at('AWS_CONFIG_FILE', 'config')))) : new Map();
  const credentials = ini(textOf(world, at('AWS_SHARED_CREDENTIALS_FILE', 'credentials')));
  const name = env.AWS_PROFILE || 'default';
  const profile = { ...config.get(name), ...credentials.get(name) };
  return (
    (env.AWS_SECRET_ACCESS_KEY && env.AWS_ACCESS_KEY_ID) ||
    (env.AMAZON_SECRET_ACCESS_KEY && env.AMAZON_ACCESS_KEY_ID) ||
    profile.aws_access_key_id ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    profile.credential_process ||
    (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) ||
    undefined
  );
};

/** Source: aws-sdk-go 1.55, `aws/session/credentials.go`, `env_config.go`. */
const go1: Client = (world) => {
  const { environment: env } = world;
  const loads = env.AWS_SDK_LOAD_CONFIG === '1';
  const key = env.AWS_ACCESS_KEY_ID || env.AWS_ACCESS_KEY;
  if (key && (env.AWS_SECRET_ACCESS_KEY || env.AWS_SECRET_KEY)) return key;
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE) return env.AWS_WEB_IDENTITY_TOKEN_FILE;
  const home = env.HOME ?? world.home;
  const name = env.AWS_PROFILE || (loads && env.AWS_DEFAULT_PROFILE) || 'default';
  const credentials = ini(textOf(world, env.AWS_SHARED_CREDENTIALS_FILE || `${home}/.aws/credentials`));
  const config = loads ? profilesOf(ini(textOf(world, env.AWS_CONFIG_FILE || `${home}/.aws/config`))) : new Map();
  const profile = { ...config.get(name), ...credentials.get(name) };
  return (
    profile.aws_access_key_id ||
    profile.credential_process ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-sdk-go-v2 `config/resolve_credentials.go`, `env_config.go`. */
const go2: Client = (world) => {
  const { environment: env } = world;
  const key = env.AWS_ACCESS_KEY_ID || env.AWS_ACCESS_KEY;
  if (key && (env.AWS_SECRET_ACCESS_KEY || env.AWS_SECRET_KEY)) return key;
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE) return env.AWS_WEB_IDENTITY_TOKEN_FILE;
  const name = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE || 'default';
  const profile = bothFiles(world, env.HOME ?? world.home)(name);
  return (
    profile.aws_access_key_id ||
    profile.web_identity_token_file ||
    profile.credential_process ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-sdk-java 1.12, `DefaultAWSCredentialsProviderChain`, `AwsProfileFileLocationProvider`. */
const java1: Client = (world) => {
  const { environment: env } = world;
  const key = env.AWS_ACCESS_KEY_ID || env.AWS_ACCESS_KEY;
  if (key && (env.AWS_SECRET_ACCESS_KEY || env.AWS_SECRET_KEY)) return key;
  if (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) return env.AWS_WEB_IDENTITY_TOKEN_FILE;
  // It knows neither AWS_SHARED_CREDENTIALS_FILE nor HOME.
  const credentials = ini(textOf(world, env.AWS_CREDENTIAL_PROFILES_FILE ?? `${world.home}/.aws/credentials`));
  const profile = credentials.get(env.AWS_PROFILE || 'default') ?? {};
  return (
    profile.aws_access_key_id ||
    profile.credential_process ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-sdk-java-v2, `DefaultCredentialsProvider`, `ProfileFileLocation`. */
const java2: Client = (world) => {
  const { environment: env } = world;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return env.AWS_ACCESS_KEY_ID;
  if (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) return env.AWS_WEB_IDENTITY_TOKEN_FILE;
  // An empty name is a name.
  const profile = bothFiles(world, env.HOME ?? world.home)(env.AWS_PROFILE ?? 'default');
  return (
    profile.aws_access_key_id ||
    profile.web_identity_token_file ||
    profile.credential_process ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-sdk-net 3.7, `FallbackCredentialsFactory`: profiles come before keys of the environment. */
const net3: Client = (world) => {
  const { environment: env } = world;
  if (env.AWS_ROLE_ARN && env.AWS_WEB_IDENTITY_TOKEN_FILE) return env.AWS_WEB_IDENTITY_TOKEN_FILE;
  const profile = bothFiles(world, world.home)(env.AWS_PROFILE || 'default');
  return (
    profile.aws_access_key_id ||
    profile.credential_process ||
    (env.AWS_SECRET_ACCESS_KEY && env.AWS_ACCESS_KEY_ID) ||
    env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI ||
    undefined
  );
};

/** Source: aws-config 1.13, `default_provider/credentials.rs`, `web_identity_token.rs`, `ecs.rs`. */
const rust: Client = (world) => {
  const { environment: env } = world;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return env.AWS_ACCESS_KEY_ID;
  const profile = bothFiles(world, env.HOME ?? world.home)(env.AWS_PROFILE ?? 'default');
  const own = profile.aws_access_key_id || profile.web_identity_token_file || profile.credential_process;
  if (own) return own;
  // An empty file and an empty address are taken for one.
  if (env.AWS_ROLE_ARN !== undefined && env.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined)
    return env.AWS_WEB_IDENTITY_TOKEN_FILE || 'error';
  const address = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ?? env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  return address === '' ? 'error' : address;
};

export const clients: Readonly<Record<string, Client>> = {
  'botocore, AWS CLI': botocore,
  'JavaScript 3': javaScript3,
  'JavaScript 2': javaScript2,
  'Go 1': go1,
  'Go 2': go2,
  'Java 1': java1,
  'Java 2': java2,
  '.NET 3': net3,
  Rust: rust,
};

type Section = Readonly<Record<string, string>>;

/** What clients read that take both files and paths as they are. */
function bothFiles(world: World, home: string): (profile: string) => Section {
  const { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials } = world.environment;
  const first = profilesOf(ini(textOf(world, config || `${home}/.aws/config`)));
  const second = ini(textOf(world, credentials || `${home}/.aws/credentials`));
  return (profile) => ({ ...first.get(profile), ...second.get(profile) });
}

function profilesOf(sections: ReadonlyMap<string, Section>): ReadonlyMap<string, Section> {
  return new Map([...sections].map(([name, section]) => [name.replace(/^profile /, ''), section]));
}

/**
 * What follows a blank and # or ; is a comment, but to botocore, in quotes too.
 *
 * @param reader - botocore's takes keys in any case
 */
function ini(text: string, reader?: 'lower'): ReadonlyMap<string, Section> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, header] = /^\[(.*)\]$/.exec(line) ?? [];
    const [, key = '', value = ''] =
      (reader ? /^([^=:#]+?)\s*[=:]\s*(.*)$/ : /^([^=#]+?)\s*=\s*(.*)$/).exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? {};
      sections.set(header, section);
    } else if (key) section[reader ? key.toLowerCase() : key] = reader ? value : value.replace(/\s[#;].*$/, '');
  }
  return sections;
}

function textOf({ files }: World, path: string): string {
  return files.get(path) ?? '';
}

function expandVariables(path: string, { environment, home }: World): string {
  const filled = path.replace(/\$(\w+)/g, (whole, name: string) => environment[name] ?? whole);
  return filled.replace(/^~/, environment.HOME ?? home);
}
