import { conditionKeysOf } from '@fedbridge/issuers';
import {
  connectionJob,
  evaluateTrustPolicy,
  type Migration,
  migrateTrustPolicy,
  parseTrustPolicy,
  type WebIdentityClaims,
  webIdentityRequest,
} from '@fedbridge/trust';
import { expect, it } from 'vitest';
import { cases, fuzz } from './cases.ts';
import {
  arnOf,
  devOps,
  hub,
  idPolicies,
  issuerPolicies,
  oldSubject,
  type Policy,
  splitPolicies,
  tenant,
  toIds,
} from './migrations.ts';

/** In ms: 100,000 policies take a while. */
const timeout = 7_200_000;
/** An exact answer takes as long as some hundred samples. */
const numRuns = Math.ceil(cases / 25);

/** All that generated conditions tell apart beside the subject. */
const circumstances = ['10.1.2.3', '192.0.2.1'].flatMap((address) =>
  ['deploy', 'other'].flatMap((session) =>
    [1_790_000_000, 1_990_000_000].flatMap((now) =>
      ['octo/flows/deploy.yml@refs/heads/main', 'acme/x'].map((flow) => ({ address, session, now, flow })),
    ),
  ),
);

function isAllowed(
  document: Policy,
  claims: WebIdentityClaims,
  { address, session, now, flow }: (typeof circumstances)[number],
): boolean {
  const iss = claims.iss ?? '';
  const others = { 'aws:SourceIp': address, 'sts:RoleSessionName': session };
  const token = { ...claims, job_workflow_ref: flow };
  const request = webIdentityRequest(token, arnOf(iss.slice('https://'.length)), conditionKeysOf(iss), now, others);
  return evaluateTrustPolicy(parseTrustPolicy(document), request).allowed;
}

/** Places and the conditions that contradict each other are others once a document is extended. */
const inShort = (text: string) =>
  text.replaceAll(/Statement\[\d+\]/g, 'Statement').replace(/(allows nobody, and gets no new form\.).*/, '$1');

/** What is said is true, is said again of what was printed, and where nothing is said that can be finished. */
function saysWhatIs(document: Policy, migration: Migration, claimsOf: (subject: string) => WebIdentityClaims): void {
  const both = migrateTrustPolicy(document, migration, false);
  for (const { reason } of both.notCovered) {
    const [, fresh, old] = /^It denies (.*), and not (.*?)(: it would be allowed by .*)?\.$/.exec(reason) ?? [];
    if (fresh === undefined || old === undefined) continue;
    const isSo = circumstances.some(
      (at) => isAllowed(both.document, claimsOf(old), at) && !isAllowed(both.document, claimsOf(fresh), at),
    );
    expect(isSo, reason).toBe(true);
  }
  const again = migrateTrustPolicy(both.document, migration, false);
  expect(again.document).toEqual(both.document);
  const said = [both, again].map(({ notCovered }) =>
    notCovered.map(({ where, reason }) => inShort(`${where}: ${reason}`)).sort(),
  );
  expect(said[1], 'said once more').toEqual(said[0]);
  if (both.notCovered.length === 0) migrateTrustPolicy(both.document, migration, true);
}

const onHub = (sub: string) => ({ iss: `https://${hub}`, aud: 'sts.amazonaws.com', sub });

it.each([
  ['of all kinds', idPolicies],
  ['in several statements', splitPolicies],
] as const)('migrate to ids says what is, %s', { timeout }, async (_, policies) => {
  await fuzz(policies, (document) => saysWhatIs(document, toIds, onHub), numRuns);
});

it('migrate to the Entra issuer says what is', { timeout }, async () => {
  const newSubject = '/eid1/c/pub/t/x/a/y/sc/z/1';
  const migration: Migration = {
    ...{ kind: 'entra-issuer', oldSubject },
    to: connectionJob(`https://${tenant}`, newSubject),
  };
  const entra = { aud: 'fb60f99c-7a34-4190-8149-302f77469936', azp: '499b84ac-1321-427f-aa17-267ca6975798' };
  const claimsOf = (sub: string) =>
    sub === newSubject
      ? { iss: `https://${tenant}`, sub, ...entra }
      : { iss: `https://${devOps}`, sub, aud: 'api://AzureADTokenExchange' };
  await fuzz(issuerPolicies(newSubject), (document) => saysWhatIs(document, migration, claimsOf), numRuns);
});
