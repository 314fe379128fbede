import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostWith } from '../../../../test/harness/memory-host.ts';
import { readInputs } from '../../../../test/harness/read-inputs.ts';
import { awsInputs } from './inputs.ts';
import { sessionTags } from './tags.ts';

/** The tags of a job of which so much is known, with these inputs. */
function tagsOf(
  inputs: Readonly<Record<string, string>>,
  auditFacts: Readonly<Record<string, string>> = {},
  contextFacts: Readonly<Record<string, string>> = {},
) {
  const host = Object.assign(hostWith(inputs), {
    job: { platform: 'github', project: '', runId: '', auditFacts, contextFacts } as const,
  });
  return sessionTags(host, readInputs(awsInputs, host));
}
const facts = { Repository: 'octo/app', Actor: 'mona' };
const keysOf = ({ tags }: ReturnType<typeof sessionTags>) => tags.map(({ key }) => key);

describe('the tags of a session', () => {
  it("are the job's facts, then the user's, who take the place of a fact of the same key in any case", () => {
    const { tags } = tagsOf({ customTags: 'team = core\nACTOR = bot' }, facts);
    expect(tags).toEqual([
      { key: 'Repository', value: 'octo/app' },
      { key: 'team', value: 'core' },
      { key: 'ACTOR', value: 'bot' },
    ]);
  });

  it('have what is good to know behind that, which may be left out unless it goes on', () => {
    const more = { EventName: 'push', BaseRef: '', Job: 'plan', HeadRef: 'fix' };
    expect(tagsOf({ customTags: 'job = mine', transitiveTagKeys: 'HeadRef' }, facts, more).tags).toEqual([
      { key: 'Repository', value: 'octo/app' },
      { key: 'Actor', value: 'mona' },
      { key: 'EventName', value: 'push', isOptional: true },
      { key: 'HeadRef', value: 'fix', isOptional: false },
      { key: 'job', value: 'mine' },
    ]);
    expect(tagsOf({ roleSkipSessionTagging: 'true' }, facts, more).tags).toEqual([]);
  });

  it("are the user's alone, where those of the job are to be left out", () => {
    expect(keysOf(tagsOf({ customTags: 'team = core', roleSkipSessionTagging: 'true' }, facts))).toEqual(['team']);
    expect(tagsOf({ roleSkipSessionTagging: 'true' }, facts)).toEqual({ tags: [], transitive: [] });
  });

  it("are never more than AWS takes, and never without one of the user's", () => {
    const counts = fc.record({ own: fc.integer({ min: 0, max: 50 }), ofJob: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(counts, ({ own, ofJob }) => {
        const customTags = Array.from({ length: own }, (_, index) => `own${index} = x`);
        const ofFacts = Object.fromEntries(Array.from({ length: ofJob }, (_, index) => [`job${index}`, 'x']));
        const keys = keysOf(tagsOf({ customTags: customTags.join('\n') }, ofFacts));
        expect(keys.length).toBe(Math.min(50, own + ofJob));
        expect(keys.filter((key) => key.startsWith('own'))).toHaveLength(own);
      }),
    );
  });

  it('go on along the chain where a key names one of them', () => {
    expect(tagsOf({ transitiveTagKeys: 'Repository' }, facts).transitive).toEqual(['Repository']);
  });

  it.each([
    [{ transitiveTagKeys: 'repository' }, 'The tags are: Repository, Actor.'],
    [{ transitiveTagKeys: 'Repository\nteam' }, 'The tags are: Repository, Actor.'],
    [{ transitiveTagKeys: 'Actor', roleSkipSessionTagging: 'true' }, 'The tags are: none.'],
  ])('a key of none of them is an error that lists them: %o', (inputs, hint) => {
    expect(() => tagsOf(inputs, facts)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', detail: { hint } }));
  });
});
