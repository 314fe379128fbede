import { readFileSync } from 'node:fs';
import { type Emulator, startEmulator } from '@fedbridge/emulator';
import { describe, expect, it } from 'vitest';
import { allJourneys, type Changed, input, type Journey, mainJourneys } from '../harness/journeys.ts';
import { shown } from '../harness/markdown.ts';
import { chain, ids, namedRoles, sharedSetup } from '../harness/setup.ts';
import { expectNoSecretShown } from './secrets.ts';

/** What a platform sets for a job whose log has debug lines. */
const debug = { SYSTEM_DEBUG: 'true', RUNNER_DEBUG: '1' };

describe.each(allJourneys)('$title', (journey) => {
  it.concurrent('the summary has identity, expiry, what was presented, and what was exported', async () => {
    const { run, emulator } = await play(journey);
    const text = shown(run.summary);
    expect(text).toContain(journey.cloud === 'AWS' ? ':assumed-role/deploy/' : `${ids.app} of tenant ${ids.tenant}`);
    expect(text).toMatch(/\| Expires \| <code>\d{4}-\d\d-\d\dT/);
    expect(text).toContain(`| Issuer | <code>${journey.issuer(emulator)}</code> |`);
    expect(text).toContain(`| Subject | <code>${journey.subject}</code> |`);
    expect(text).toContain('| Audience | <code>');
    expect(text).toContain(journey.cloud === 'AWS' ? 'AWS_REGION' : `output ${nameOf(journey, 'access-token')}`);
    for (const secret of emulator.secrets()) expect(run.summary).not.toContain(secret);
  });

  it.concurrent('a failure before any request is in the summary, in the names of the platform', async () => {
    const noToken = { ACTIONS_ID_TOKEN_REQUEST_URL: '', SYSTEM_OIDCREQUESTURI: '', SYSTEM_COLLECTIONURI: '' };
    const [tooMany, missing] = await Promise.all([
      play(journey, { inputs: input(journey, 'retry-max-attempts', 'as many as it takes') }),
      play(journey, { environment: { ...noToken, SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: '' } }),
    ]);
    const shownName = nameOf(journey, 'retry-max-attempts');
    expect(tooMany.run.error).toContain(`Input "${shownName}" is "as many as it takes": expected a whole number`);
    // Not every platform hides what is secret in a summary: what the user wrote is for the log.
    expect(shown(tooMany.run.summary)).toContain(`Input "${shownName}" is not valid: expected a whole number`);
    expect(shown(tooMany.run.summary)).not.toContain('as many');
    expect(shown(missing.run.summary)).toContain('[ID_TOKEN_UNAVAILABLE]'.slice(1, -1));
    if (isGitHub(journey))
      expect(missing.run.summary).toContain('\n```\npermissions:\n  id-token: write\n  contents: read\n```\n');
  });

  it.concurrent('warns of what will stop working, and only of that', async () => {
    const { run } = await play(journey);
    const warnings = run.stdout.split('\n').filter((line) => /^(::warning|##vso\[task\.issue type=warning)/.test(line));
    const isOld = journey.subject.startsWith('sc://');
    expect(warnings).toEqual(isOld ? [expect.stringContaining('stops on 2027-07-01')] : []);
    expect(run.summary.includes('> ⚠️ This service connection uses the Azure DevOps issuer')).toBe(isOld);
    expect(run.summary.includes('> The subject holds names')).toBe(/^repo:[^@]+$/.test(journey.subject));
  });
});

describe.each(mainJourneys)('$title', (journey) => {
  const onGitHub = isGitHub(journey);

  it.concurrent('summary: false writes none', async () => {
    const { run } = await play(journey, { inputs: input(journey, 'summary', 'false') });
    expect(run.error).toBeUndefined();
    expect(run.summary).toBe('');
  });

  it.concurrent('debug lines have claims, codes, timings and request ids', async () => {
    const { run } = await play(journey, { environment: debug });
    const marker = onGitHub ? '::debug::' : '##vso[task.debug]';
    const lines = run.stdout.split('\n').filter((line) => line.startsWith(marker));
    expect(lines).toContainEqual(expect.stringMatching(`ID token of ${journey.platform}: .*"${journey.subject}"`));
    const service = journey.cloud === 'AWS' ? '/: HTTP 200' : '/oauth2/v2.0/token: HTTP 200';
    expect(lines).toContainEqual(
      expect.stringMatching(`POST http://127.0.0.1:\\d+.*${service} after \\d+ ms, request [\\w-]+`),
    );
  });

  it.concurrent('folds the details of the identity into a group', async () => {
    const { run } = await play(journey);
    const lines = run.stdout.split('\n');
    const start = lines.findIndex((line) => line.startsWith(onGitHub ? '::group::Identity ' : '##[group]Identity '));
    expect(start).toBeGreaterThan(-1);
    expect(lines[start + 1]).toMatch(/^audience {2}/);
    expect(lines[start + 3]).toBe(onGitHub ? '::endgroup::' : '##[endgroup]');
  });

  it.concurrent('a branch whose name is Markdown or a command stays a name', async () => {
    const ref = 'refs/heads/`a`|<b>##vso[task.setvariable]';
    const { run } = await play(journey, { job: { ref }, inputs: input(journey, 'require-claims', 'iss = *') });
    // In the document to paste it is as it is, inside a fence that it cannot end.
    const [, fence = ''] = /\n(`{3,})\n/.exec(run.summary) ?? [];
    const outside = run.summary.split(`\n${fence}\n`).filter((_, index) => index % 2 === 0);
    expect(outside.join('')).not.toMatch(/`|<b>|##vso/);
    expect(run.stdout).not.toMatch(/##vso\[task\.setvariable\]/);
  });
});

describe.each(mainJourneys.filter(({ cloud }) => cloud === 'AWS'))('$title', (journey) => {
  it.concurrent('mask-aws-account-id holds for the summary too', async () => {
    const { run } = await play(journey, { inputs: input(journey, 'mask-aws-account-id', 'true') });
    expect(run.summary).toContain('assumed-role');
    expect(run.summary).not.toContain(ids.account);
    expect(run.summary).toContain('***');
  });

  it.concurrent('mask-aws-account-id holds before anything is parsed or denied', async () => {
    const masked = input(journey, 'mask-aws-account-id', 'true');
    const cases = [
      input(journey, 'allowed-account-ids', ids.otherAccount),
      input(journey, 'role-to-assume', `arn:aws:iam::${ids.account}:roles/deploy`),
      {
        ...input(journey, 'role-to-assume', `arn:aws:iam::${ids.account}:role/unknown`),
        ...input(journey, 'disable-retry', 'true'),
      },
    ];
    const runs = await Promise.all(
      cases.map((inputs) => play(journey, { environment: debug, inputs: { ...inputs, ...masked } })),
    );
    for (const { run } of runs) {
      expect(run.error).toContain('***');
      for (const text of [run.visible, run.summary, run.error]) expect(text).not.toContain(ids.account);
    }
  });

  it.concurrent('mask-aws-account-id holds for the account of credentials that are there already', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const elsewhere = {
      ...input(journey, 'role-chain', chain.first),
      ...input(journey, 'role-external-id', chain.externalId),
    };
    const [same, other] = await Promise.all(
      [{}, elsewhere].map(async (inputs) => {
        const { exported } = await journey.start(emulator, { inputs }).run();
        const again = {
          ...input(journey, 'use-existing-credentials', 'true'),
          ...input(journey, 'mask-aws-account-id', 'true'),
        };
        return journey.start(emulator, { environment: { ...debug, ...exported }, inputs: again }).run();
      }),
    );
    expect(other?.shown).toContain('are those of arn:aws:sts::***:assumed-role/entry/');
    for (const run of [same, other]) {
      expect(run?.error).toBeUndefined();
      for (const text of [run?.shown, run?.summary]) {
        expect(text).toContain('***:assumed-role/deploy/');
        expect(text).not.toContain(ids.account);
        expect(text).not.toContain(ids.otherAccount);
      }
    }
  });

  it.concurrent('mask-aws-account-id holds for what the machine names', async () => {
    const { run } = await play(journey, {
      environment: { ...debug, AWS_PROFILE: `${ids.otherAccount}-admin` },
      inputs: { ...input(journey, 'identity', 'aws'), ...input(journey, 'mask-aws-account-id', 'true') },
    });
    expect(run.error).toContain('The profile ***-admin has no session credentials of AWS.');
    for (const text of [run.shown, run.summary]) expect(text).not.toContain(ids.otherAccount);
  });

  it.runIf(!isGitHub(journey)).concurrent('mask-aws-account-id holds for the role of an AWS connection', async () => {
    const id = '9b1de0aa-7f54-4a0c-8d5e-1c2b3a4d5e6f';
    const runs = await Promise.all(
      ['role/deploy', 'role/unknown', 'roles/deploy'].map((resource) =>
        play(journey, {
          environment: { ...debug, [`ENDPOINT_DATA_${id}_ROLETOASSUME`]: `arn:aws:iam::${ids.account}:${resource}` },
          inputs: {
            ...input(journey, 'aws-connection', id),
            ...input(journey, 'role-to-assume', ''),
            ...input(journey, 'disable-retry', 'true'),
            ...input(journey, 'mask-aws-account-id', 'true'),
          },
        }),
      ),
    );
    expect(runs.map(({ run }) => run.error?.includes('***'))).toEqual([undefined, true, true]);
    for (const { run } of runs) {
      expect(shown(run.summary)).toContain('***');
      for (const text of [run.shown, run.summary, run.error]) expect(text ?? '').not.toContain(ids.account);
    }
  });

  it.concurrent('a session of twelve hours is remarked upon', async () => {
    const { run } = await play(journey, {
      inputs: {
        ...input(journey, 'role-to-assume', namedRoles.plan),
        ...input(journey, 'role-duration-seconds', '43200'),
      },
    });
    expect(run.error).toBeUndefined();
    expect(run.summary).toContain('lives for twelve hours');
  });

  it.concurrent('credentials of another account than the one asked are not delivered', async () => {
    await using emulator = await startEmulator({ setup: sharedSetup });
    const body = readFileSync(new URL('./another-account.xml', import.meta.url), 'utf8');
    const headers = { 'content-type': 'text/xml' };
    emulator.inject({ service: 'sts', times: 1, fault: { status: 200, body, headers } });
    const run = await journey.start(emulator).run();
    expect(run.error).toContain('STS gave credentials of another account than arn:aws:iam::123456789012:role/deploy');
    expect({ ...run.outputs, ...run.exported }).toEqual({});
    expect(run.masked).toEqual(expect.arrayContaining(['AnotherSecret', 'AnotherToken']));
  });
});

async function play(journey: Journey, changed: Changed = {}): Promise<{ run: Run; emulator: Emulator }> {
  const emulator = await startEmulator({ setup: sharedSetup });
  const run = await journey.start(emulator, changed).run();
  await emulator.close();
  expectNoSecretShown(run, emulator);
  return { run, emulator };
}

type Run = Awaited<ReturnType<ReturnType<Journey['start']>['run']>>;

const isGitHub = ({ platform }: Journey) => platform === 'GitHub Actions';

/** An input or output as users of the journey's platform write it. */
function nameOf(journey: Journey, name: string): string {
  return Object.keys(input(journey, name, ''))[0] ?? '';
}
