import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import type { DuplicateMember } from '../json.ts';
import { lintTrustPolicy } from '../lint-aws.ts';
import { MalformedPolicyError, parseTrustPolicy } from '../policy.ts';
import { mergeDuplicates } from './duplicate-members.ts';
import { type Done, type Fix, type Fixed, harmless } from './fix.ts';
import { statementFixes } from './statement.ts';

/** One fix may show what another is for; none of them brings anything back. */
const mostRounds = 10;

/**
 * @param duplicates - members that stand twice, with their paths within the policy
 * @param now - seconds since 1970-01-01 UTC, as `lintTrustPolicy` takes it
 */
export function fixPolicy(document: object, duplicates: readonly DuplicateMember[], now: number): Fixed {
  const policy = structuredClone(document) as Policy;
  const { merged, left } = mergeDuplicates(policy, duplicates);
  const fixes: Fix[] = merged.map(({ path }) => ({
    ...{ rule: 'read/duplicate-member', where: placeOf(path), widens: false },
    what: `Of the members ${String(path.at(-1))} one was made, which has all that they say.`,
  }));
  for (let round = 0; round < mostRounds; round += 1) {
    // A fix is of all that a rule finds in a statement.
    const found = new Map(lintTrustPolicy(policy).map((one) => [`${one.rule} ${one.where}`, one]));
    const done = [...found.values()].flatMap((one) =>
      fixOf(policy, one).map((fix) => ({ rule: one.rule, where: one.where, ...fix })),
    );
    fixes.push(...done);
    if (done.length === 0) break;
  }
  const doubled = left.map(({ path }) =>
    finding('read/duplicate-member', placeOf(path), 'They say different things of the same.'),
  );
  return { document: policy, fixes, left: [...doubled, ...lintTrustPolicy(policy, now)] };
}

interface Policy {
  Version?: unknown;
  Statement: object | object[];
}

function fixOf(policy: Policy, { rule, where }: Finding): readonly Done[] {
  if (rule === 'aws/old-version') return newVersion(policy);
  const fix = statementFixes[rule];
  const index = /^Statement\[(\d+)\]$/.exec(where)?.[1];
  if (!fix || index === undefined) return [];
  try {
    // Read anew each time: what another finding was about may be fixed already.
    const { statements } = parseTrustPolicy(policy);
    const all = [policy.Statement].flat();
    const [written, read] = [all[Number(index)], statements[Number(index)]];
    return written && read ? fix({ written, read, all }) : [];
  } catch (error) {
    if (error instanceof MalformedPolicyError) return [];
    throw error;
  }
}

/** In a policy without variables nothing else depends on it. */
function newVersion(policy: Policy): readonly Done[] {
  if (JSON.stringify(policy).includes('${')) return [];
  const { Version: _, ...rest } = policy;
  for (const name of Object.keys(rest)) delete (policy as unknown as Record<string, unknown>)[name];
  Object.assign(policy, { Version: '2012-10-17', ...rest });
  return [harmless('Version is 2012-10-17.')];
}

function placeOf(path: DuplicateMember['path']): string {
  const [member = '', index] = path;
  return typeof index === 'number' ? `${member}[${index}]` : String(member);
}
