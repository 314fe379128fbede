import { describe, expect, it } from 'vitest';
import { sessionClaimsOf } from './session-claims.ts';

const prefix = 'https://aws.amazon.com/';

describe('what a token says of its session', () => {
  it('is nothing, where it says nothing', () =>
    expect(sessionClaimsOf({ iss: 'https://i' })).toEqual({
      tags: {},
      transitiveTagKeys: [],
      sourceIdentity: undefined,
    }));

  it('is tags, nested, each a list of one', () => {
    const nested = { principal_tags: { team: ['core'] }, transitive_tag_keys: ['team'] };
    expect(sessionClaimsOf({ [`${prefix}tags`]: nested, [`${prefix}source_identity`]: 'mona' })).toEqual({
      ...{ tags: { team: 'core' }, transitiveTagKeys: ['team'], sourceIdentity: 'mona' },
    });
  });

  it('or flat, each a text', () => {
    const flat = { [`${prefix}tags/principal_tags/team`]: 'core', [`${prefix}tags/transitive_tag_keys`]: ['team'] };
    expect(sessionClaimsOf(flat)).toMatchObject({ tags: { team: 'core' }, transitiveTagKeys: ['team'] });
  });

  it.each([['core'], [[]], [['a', 'b']], [[7]], [null]])('and no tag of another form: %o', (value) => {
    expect(() => sessionClaimsOf({ [`${prefix}tags`]: { principal_tags: { team: value } } })).toThrow(
      expect.objectContaining({
        code: 'InvalidIdentityToken',
        message: expect.stringContaining('not in correct format'),
      }),
    );
  });
});
