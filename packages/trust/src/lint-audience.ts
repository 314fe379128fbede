import { awsAudience, conditionPrefix, entraAudience, type TokenShape } from '@fedbridge/issuers';
import { operatorOf } from './condition.ts';
import { type Finding, finding } from './finding.ts';
import { type Demands, isAnything, pathOfCondition } from './lint-constraints.ts';
import { claimOfKey, type Provider } from './lint-provider.ts';
import { exampleSentence, whoBeside } from './lint-width.ts';
import type { Condition, Statement } from './policy.ts';
import type { Witness } from './who/admitted.ts';
import type { Grant } from './who/who.ts';
import { hasWildcard } from './wildcard.ts';

/**
 * That a token is allowed which was made for somebody else, with one; empty where none is.
 *
 * @param now - seconds since 1970-01-01 UTC
 */
export function audienceFindings(
  { conditions }: Statement,
  { iss }: Provider,
  { demands, grant, now }: { readonly demands: Demands; readonly grant: Grant; readonly now: number },
  where: string,
): readonly Finding[] {
  if (demands.audience === 'demanded') return [];
  const own = conditions.filter(({ key }) => /^o?aud$/.test(claimOfKey(key, iss) ?? ''));
  const claim = own.some(({ key }) => claimOfKey(key, iss) === 'oaud') ? 'oaud' : 'aud';
  const expected = [...['aws', 'aws-cn'].map(awsAudience), ...own.flatMap(named)];
  const ofOurs: Condition = { operator: 'StringEquals', key: `${conditionPrefix(iss)}:${claim}`, values: expected };
  const { reach, witness } = whoBeside({ ...grant, shapes: shapesForOthers(grant.shapes) }, ofOurs, now);
  if (reach === 'nobody') return [];
  const fits = demands.openAudiences.filter((one) => !isAnything(one)).join(' and ');
  const anything = `The audience may be anything${fits === '' ? '' : ` that fits ${fits}`}.`;
  const said = demands.audience === 'unsaid' ? 'Nothing is said of the audience.' : anything;
  const open = demands.audience === 'any' ? own[0] : undefined;
  const message = `${said} ${exampleWith(witness, claim)}`;
  return [finding('aws/no-aud', where, message, open && pathOfCondition(open))];
}

/** Audiences that a condition names in full. */
const named = ({ operator, values }: Condition) =>
  operatorOf(operator).negated ? [] : values.filter((value) => !hasWildcard(value) && !value.includes('${'));

const known = new WeakMap<readonly TokenShape[], readonly TokenShape[]>();

/** Tokens with another cloud's audience as the example of one: that is whom jobs ask tokens for beside AWS. */
function shapesForOthers(shapes: readonly TokenShape[]): readonly TokenShape[] {
  const others = known.get(shapes) ?? shapes.map(forOthers);
  known.set(shapes, others);
  return others;
}

function forOthers(shape: TokenShape): TokenShape {
  const { aud } = shape.fields;
  const isOfAws = aud?.example === awsAudience('aws');
  return isOfAws ? { ...shape, fields: { ...shape.fields, aud: { ...aud, example: entraAudience.uri } } } : shape;
}

/** Somebody who is allowed, with what STS takes for the audience of the token. */
function exampleWith(witness: Witness | undefined, claim: 'aud' | 'oaud'): string {
  const { aud, azp } = witness?.claims ?? {};
  const audience = claim === 'aud' && typeof azp === 'string' ? azp : [aud].flat().join(' and ');
  return witness
    ? exampleSentence(witness).replace(/\.$/, ` with the audience ${audience}.`)
    : exampleSentence(witness);
}
