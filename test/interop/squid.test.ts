import { describe, expect, it } from 'vitest';
import { cloudsBehind, hosts } from '../harness/clouds-behind.ts';
import type { StepRun } from '../harness/job.ts';
import { mainJourneys } from '../harness/journeys.ts';
import type { Variables } from '../harness/process.ts';
import { hasSquid, startSquid, usualRules } from '../harness/squid.ts';

const password = 'p@ss:w&rd %41#';
const encoded = encodeURIComponent(password);

/** Both clouds behind Squid. */
async function behindSquid(rules: readonly string[] = usualRules, behind?: number) {
  const clouds = await cloudsBehind();
  const squid = await startSquid({ behind: behind ?? clouds.port, account: `user@corp:${password}`, rules });
  return {
    ...clouds,
    squid,
    /** @param user - of the proxy's URL, with its @ */
    through: (journey: (typeof mainJourneys)[number], user: string, inputs: Variables = {}) =>
      clouds.run(journey, { https_proxy: `http://${user}127.0.0.1:${squid.port}` }, inputs),
    async [Symbol.asyncDispose]() {
      await squid[Symbol.asyncDispose]();
      await clouds[Symbol.asyncDispose]();
    },
  };
}

/** A password in none of the forms that it was given or sent in. */
function expectNoSecret({ visible, summary, stderr }: StepRun) {
  const forms = [password, encoded, Buffer.from(`user@corp:${password}`).toString('base64'), 'wr0ng'];
  for (const form of forms) expect(`${visible}\n${summary}\n${stderr}`).not.toContain(form);
}

describe.skipIf(!hasSquid)("Squid (skipped: Debian's squid is neither installed nor in INTEROP_DEBIAN)", () => {
  // actions/toolkit#1779 and microsoft/azure-pipelines-agent#2974: an @ or & in a user name or password, percent-encoded.
  it.concurrent.each(mainJourneys)('$title goes through it, with user name and password', async (journey) => {
    await using world = await behindSquid();
    const run = await world.through(journey, `user%40corp:${encoded}@`);
    expect(run.error).toBeUndefined();
    expect(world.asked).toEqual([`${hosts[journey.cloud]}:443`]);
    expectNoSecret(run);
  });

  const digest = [
    'auth_param digest program /bin/cat',
    'auth_param digest realm Example',
    'auth_param digest children 1',
  ];
  it.concurrent.each<[string, readonly string[] | undefined, string, Variables, readonly string[]]>([
    [
      'no user name',
      undefined,
      '',
      {},
      [
        'HTTP 407 Proxy Authentication Required (ERR_CACHE_ACCESS_DENIED), it asks for Basic',
        'Give https_proxy a user name and password on the machine',
      ],
    ],
    // gajus/global-agent#61: 407 and 403 of Squid seen as an EPROTO of OpenSSL.
    [
      'a wrong password',
      undefined,
      'user%40corp:wr0ng@',
      {},
      [
        'HTTP 407 Proxy Authentication Required (ERR_CACHE_ACCESS_DENIED)',
        'does not accept the user name and password of https_proxy',
      ],
    ],
    // GoogleCloudPlatform/iap-desktop#851: several schemes. Basic is among them, so the password it is.
    [
      'a wrong password where Digest is offered too',
      [...digest, ...usualRules],
      'user%40corp:wr0ng@',
      {},
      ['it asks for Basic or Digest', 'does not accept the user name and password of https_proxy'],
    ],
    [
      'a host that an access rule denies',
      ['acl clouds dstdomain .amazonaws.com .microsoftonline.com', 'http_access deny clouds', ...usualRules],
      `user%40corp:${encoded}@`,
      {},
      ['HTTP 403 Forbidden (ERR_ACCESS_DENIED)', 'Let the proxy connect this machine to '],
    ],
    [
      'a port that is none of its SSL_ports',
      undefined,
      `user%40corp:${encoded}@`,
      { 'sts-endpoint': `https://${hosts.AWS}:8443`, 'authority-host': `https://${hosts.Entra}:8443` },
      ['did not connect to ', ':8443.', 'HTTP 403 Forbidden (ERR_ACCESS_DENIED)'],
    ],
  ])('%s: what it says is told, once, and nothing reaches the cloud', async (_title, rules, user, endpoints, told) => {
    await using world = await behindSquid(rules);
    for (const journey of mainJourneys) {
      const name = journey.cloud === 'AWS' ? 'sts-endpoint' : 'authority-host';
      const endpoint = endpoints[name];
      const run = await world.through(journey, user, endpoint === undefined ? {} : { [name]: endpoint });
      expect(run.succeeded).toBe(false);
      expect(run.error).toContain('[HTTP_PROXY]');
      for (const text of told) expect(run.error).toContain(text);
      // Nothing of its page of HTML, and no second attempt.
      expect(run.error).not.toMatch(/<html|attempts/i);
      expectNoSecret(run);
    }
    expect(world.asked).toEqual([]);
  });

  // actions/toolkit's http-client and nodejs/undici#3897: a proxy that is lost on the way must end the step, or be tried again, and never hang.
  it.concurrent.each(mainJourneys)('$title: a tunnel that is cut in the middle is made anew', async (journey) => {
    await using world = await behindSquid([...usualRules, 'read_timeout 1 second']);
    const service = journey.cloud === 'AWS' ? 'sts' : 'entra';
    world.emulator.inject({ service, method: 'POST', fault: { delayMs: 8_000 } });
    const run = await world.through(journey, `user%40corp:${encoded}@`);
    expect(run.error).toBeUndefined();
    // On a busy machine it may cut more of them.
    expect(world.asked.length).toBeGreaterThan(1);
    expect(run.visible).toMatch(
      /The connection to .*, through the proxy 127\.0\.0\.1:\d+ \(https_proxy\), failed: ECONNRESET\. Trying again/,
    );
    expectNoSecret(run);
  });

  it.concurrent('an idle tunnel that it closes between two attempts is made anew', async () => {
    await using world = await behindSquid([...usualRules, 'read_timeout 1 second']);
    world.emulator.inject({ service: 'sts', method: 'POST', fault: { status: 503, headers: { 'retry-after': '3' } } });
    const [journey] = mainJourneys;
    if (!journey) throw new Error('There is none.');
    const run = await world.through(journey, `user%40corp:${encoded}@`);
    expect(run.error).toBeUndefined();
    expect(run.visible).toContain('STS, asked for');
    expect(world.asked.length).toBeGreaterThan(1);
  });

  it.concurrent('what is behind it is not there: Squid says so, and the step tries again', async () => {
    await using world = await behindSquid(usualRules, 9);
    for (const journey of mainJourneys) {
      const run = await world.through(journey, `user%40corp:${encoded}@`, { 'retry-max-attempts': '2' });
      expect(run.error).toContain(`did not connect to ${hosts[journey.cloud]}:443. (2 attempts) [HTTP_PROXY]`);
      expect(run.error).toMatch(/Answer: HTTP 50[03] .* \(ERR_(CANNOT_FORWARD|CONNECT_FAIL)\)/);
      expectNoSecret(run);
    }
  });
});
