import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, answering } from '../harness/answering.ts';
import { formsOf } from '../harness/guards.ts';
import { expectNothing, InMemory, type Place, placesOf } from '../harness/in-memory.ts';
import type { Variables } from '../harness/process.ts';
import { assignedResourceId, ids, sharedSetup } from '../harness/setup.ts';
import { platforms, ways } from '../harness/ways.ts';

let inMemory: InMemory;
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ setup: sharedSetup });
  inMemory = new InMemory(emulator);
});
afterAll(() => emulator.close());

const delivering = (place: Place) => {
  const { only, shows } = ways[place.way];
  return shows[place.step] !== 'nothing' && (only === undefined || only === place.platform);
};

/** What STS gives beside what was asked for. */
const wrong = {
  'another role': { arn: (account) => `arn:aws:sts::${account}:assumed-role/admin/job` },
  'another account': { arn: () => 'arn:aws:sts::111122223333:assumed-role/deploy/job' },
  'another partition': { arn: (account, name) => `arn:aws-cn:sts::${account}:assumed-role/${name}/job` },
  'another session name': { arn: (account, name) => `arn:aws:sts::${account}:assumed-role/${name}/somebody` },
  'the past': { expiresAt: () => Date.now() - 1_000 },
  'more than was asked for': { expiresAt: () => Date.now() + 36 * 3_600_000 },
  'no credentials': { key: 'ASIA\ncredential_process = x' },
} satisfies Readonly<Record<string, StsAnswer>>;

interface StsAnswer {
  readonly arn?: (account: string, name: string) => string;
  readonly expiresAt?: () => number;
  readonly key?: string;
}

const places = placesOf(['aws-credentials'], platforms).filter(delivering);

describe.each(places.filter(({ way }) => way !== 'existing credentials'))('AWS by $way on $platform', (place) => {
  // What the job has cannot be renewed.
  const kept = place.way === 'AWS credentials of the job' ? [] : [{ keepFresh: 'true' }];
  const forms: readonly Variables[] = [...formsOf(place.step, place.way), ...kept];

  it.each(Object.entries(wrong))('delivers nothing where STS gives %s, in any form', async (what, answer) => {
    for (const form of forms) {
      // How long a session lives that only assumes the next role is nobody's concern.
      const first = form.roleChain !== undefined && what === 'more than was asked for' ? rolesIn(form) - 1 : 0;
      // Each of the roles that are asked for, as the only one whose answer is wrong.
      for (let at = first; at < rolesIn(form); at += 1) {
        await using sts = await answering((asked) => stsAnswer(asked.body, sts.asked.length === at ? answer : {}));
        const inputs = { ...form, stsEndpoint: sts.url, roleSessionName: 'job' };
        expectNothing(await inMemory.play(place, { inputs }));
        expect(sts.asked.length).toBeGreaterThan(at);
      }
    }
  });

  it('delivers what STS gives where that is what was asked for', async () => {
    for (const form of formsOf(place.step, place.way)) {
      await using sts = await answering((asked) => stsAnswer(asked.body, {}));
      const inputs = { ...form, stsEndpoint: sts.url, roleSessionName: 'job' };
      const { host } = await inMemory.play(place, { inputs });
      expect(host.error).toBeUndefined();
      expect(host.delivered.length).toBeGreaterThan(1);
      expect(sts.asked).toHaveLength(rolesIn(form));
    }
  });
});

describe.each(places.filter(({ way }) => way === 'existing credentials'))('AWS by $way on $platform', (place) => {
  it('are not delivered under another session name than was asked for', async () => {
    const inputs = { roleSessionName: 'another', identity: place.platform };
    const { host } = await inMemory.play(place, { inputs });
    expect(host.delivered.join()).toContain('assumed-role/deploy/another');
  });
});

/** How many sessions a form begins. */
function rolesIn({ roles, roleChain }: Variables): number {
  return 1 + (roles?.split('\n').length ?? 0) + (roleChain?.split('\n').length ?? 0);
}

function stsAnswer(asked: string, { arn, expiresAt, key = 'ASIAEXAMPLE' }: StsAnswer): Answer {
  const form = new URLSearchParams(asked);
  const [action, session] = [form.get('Action') ?? '', form.get('RoleSessionName') ?? ''];
  const [, account = '', name = ''] = /:(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(form.get('RoleArn') ?? '') ?? [];
  const given = arn?.(account, name) ?? `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
  const expires = expiresAt?.() ?? Date.now() + 900_000;
  const body =
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>` +
    `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>` +
    `<Expiration>${new Date(expires).toISOString()}</Expiration></Credentials><AssumedRoleUser><Arn>${given}</Arn>` +
    `<AssumedRoleId>AROA:job</AssumedRoleId></AssumedRoleUser></${action}Result></${action}Response>`;
  return { body };
}

const accessToken = { token_type: 'Bearer', access_token: 'eyJ.e30.c2ln', expires_in: 3599 };

describe.each(
  placesOf(['entra-token'], platforms).filter(
    (place) => delivering(place) && ways[place.way].shows['entra-token'] === 'an ID token',
  ),
)('Entra by $way on $platform', (place) => {
  const ask = async (answer: object, form: Variables) => {
    await using entra = await answering({ body: { ...accessToken, ...answer } });
    const played = await inMemory.play(place, { inputs: { ...form, authorityHost: entra.url, tenantId: ids.tenant } });
    return { ...played, asked: entra.asked };
  };
  const forms = formsOf(place.step, place.way);

  it.each([
    ...['0x10', true, [3599], 1e300, 0, -1, 3599.5, '', null].map((expires_in) => ({ expires_in })),
    ...['', 'two words', 'a\nb', null, 7].map((access_token) => ({ access_token })),
    ...['pop', '', null].map((token_type) => ({ token_type })),
  ])('delivers nothing where it answers with %j, in any form', async (answer) => {
    for (const form of [...forms, { keepFresh: 'true', export: 'azure-sdk' }]) {
      const { asked, ...played } = await ask(answer, form);
      expectNothing(played);
      expect(played.host.error?.code).toBe('ANSWER_MALFORMED');
      expect(asked.length).toBeGreaterThan(0);
    }
  });

  it('delivers a token where it answers with one', async () => {
    for (const form of forms) {
      const { host } = await ask({}, form);
      expect(host.error).toBeUndefined();
      expect(host.delivered.join('\n')).toContain(accessToken.access_token);
    }
  });
});

describe.each(
  placesOf(['id-token', 'entra-token'], platforms).filter(
    ({ way }) => /imds|app-service/.test(way) && way.startsWith('managed'),
  ),
)('$step by $way on $platform', (place) => {
  const { step, way } = place;
  const audience = 'api://fedbridge';
  const claims = { iss: `https://login.microsoftonline.com/${ids.tenant}/v2.0`, sub: 'm', aud: audience, exp: 4e9 };
  const [header, body] = [{ alg: 'RS256' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const ask = async (managedIdentity: string, named: object) => {
    await using machine = await answering({
      body: {
        ...{ access_token: `${header}.${body}.c2ln`, token_type: 'Bearer', ...named },
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      },
    });
    const environment = way.includes('imds')
      ? { AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url }
      : { IDENTITY_ENDPOINT: machine.url, IDENTITY_HEADER: 'a-header-of-this-machine' };
    const own = step === 'entra-token' ? { export: 'azure-sdk' } : { audience };
    const played = await inMemory.play(place, { inputs: { managedIdentity, clientId: '', ...own }, environment });
    expect(machine.asked.length).toBeGreaterThan(0);
    return played;
  };
  const identities = [
    [ids.assigned, 'client_id'],
    [`object:${ids.assigned}`, 'object_id'],
    [assignedResourceId, 'msi_res_id'],
    [assignedResourceId, 'mi_res_id'],
  ] as const;

  it.each(identities)('%s: delivers nothing where the machine names another by %s', async (asked, name) => {
    const played = await ask(asked, { [name]: ids.machine });
    expectNothing(played);
    expect(played.host.error).toMatchObject({
      code: 'ID_TOKEN_REFUSED',
      message: expect.stringContaining('another identity'),
    });
  });

  it.each(identities)('%s: delivers where the machine names it by %s, or does not say', async (asked, name) => {
    const id = asked.replace('object:', '');
    for (const named of [{ [name]: id }, { [name]: id.toUpperCase() }, {}]) {
      const { host } = await ask(asked, named);
      expect(host.error).toBeUndefined();
      expect(host.delivered.join()).toContain('c2ln');
    }
  });
});
