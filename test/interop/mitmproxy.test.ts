import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudsBehind, hosts } from '../harness/clouds-behind.ts';
import { type Journey, mainJourneys } from '../harness/journeys.ts';
import { hasMitmproxy, startMitmproxy } from '../harness/mitmproxy.ts';
import type { Variables } from '../harness/process.ts';

const account = 'user:s3cret-pass';

/** Both clouds behind mitmproxy, which reads what is said to them: one for all, since it takes seconds to start. */
async function intercepted(...set: readonly string[]) {
  const clouds = await cloudsBehind();
  const mitmproxy = await startMitmproxy({ behind: clouds.port, behindCa: clouds.ca, set });
  // The job's own platform is not behind it.
  const cas = join(clouds.ca, '..', 'cas.pem');
  writeFileSync(cas, [clouds.ca, mitmproxy.ca].map((path) => readFileSync(path, 'utf8')).join('\n'));
  return {
    ...clouds,
    mitmproxy,
    /** @param scheme - of the proxy's URL, with user name and password where it has them */
    through: (journey: Journey, scheme = 'http://', environment: Variables = {}) =>
      clouds.run(journey, {
        https_proxy: `${scheme}127.0.0.1:${mitmproxy.port}`,
        NODE_EXTRA_CA_CERTS: cas,
        ...environment,
      }),
    async end() {
      await mitmproxy[Symbol.asyncDispose]();
      await clouds[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasMitmproxy)('mitmproxy (skipped: no "mitmdump" on the path that starts)', () => {
  let world: Awaited<ReturnType<typeof intercepted>>;
  let asking: typeof world;
  beforeAll(async () => {
    [world, asking] = await Promise.all([intercepted(), intercepted(`proxyauth=${account}`)]);
  });
  afterAll(() => Promise.all([world?.end(), asking?.end()]));

  // actions/runner#962 and microsoft/azure-pipelines-tasks#11508: a proxy that opens TLS with its own CA.
  it.each(mainJourneys)('$title goes through it where its CA is trusted, and is read by it', async (journey) => {
    const run = await world.through(journey);
    expect(run.error).toBeUndefined();
    expect(world.asked).toContain(`${hosts[journey.cloud]}:443`);
    expect(world.mitmproxy.said).toMatch(new RegExp(`POST https://${hosts[journey.cloud]}/.*\\n.* 200 `));
  });

  it.each(mainJourneys)('$title: one that nobody trusts gets nothing, and what to do is told', async (journey) => {
    const read = () => world.mitmproxy.said.split('POST https://').length;
    const before = read();
    // The clouds' own CA, which is not mitmproxy's; and the variable of an earlier step that would trust anybody.
    const environment = { NODE_EXTRA_CA_CERTS: world.ca, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { error } = await world.through(journey, 'http://', environment);
    expect(error).toContain(
      `${hosts[journey.cloud]}, through the proxy 127.0.0.1:${world.mitmproxy.port} (https_proxy), could not be trusted: `,
    );
    expect(error).toMatch(/: (SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)\. \[HTTP_TLS\]/);
    expect(error).toContain(
      'If a proxy of your company signs its own certificates, name its CA in NODE_EXTRA_CA_CERTS',
    );
    expect(read()).toBe(before);
  });

  it.each(mainJourneys)('$title: it is itself spoken to over TLS, by its CA', async (journey) => {
    expect((await world.through(journey, 'https://')).error).toBeUndefined();
    const { error } = await world.through(journey, 'https://', { NODE_EXTRA_CA_CERTS: world.ca });
    expect(error).toMatch(/^The proxy 127\.0\.0\.1:\d+ \(https_proxy\) could not be trusted: \w+\. \[HTTP_PROXY\]/);
    expect(error).toContain('NODE_EXTRA_CA_CERTS');
  });

  it.each(mainJourneys)('$title: it asks for user name and password, and nobody is told them', async (journey) => {
    const good = await asking.through(journey, `http://${account}@`);
    expect(good.error).toBeUndefined();
    const none = await asking.through(journey);
    expect(none.error).toContain('Answer: HTTP 407 Proxy Authentication Required, it asks for Basic');
    expect(none.error).toContain('Give https_proxy a user name and password');
    const wrong = await asking.through(journey, 'http://user:wr0ng-pass@');
    expect(wrong.error).toContain('does not accept the user name and password of https_proxy');
    for (const { visible, summary } of [good, none, wrong])
      expect(visible + summary).not.toMatch(/s3cret|wr0ng|dXNlcj/);
  });
});
