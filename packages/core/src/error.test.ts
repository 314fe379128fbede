import { describe, expect, it } from 'vitest';
import { explain, FedbridgeError } from './error.ts';

describe('an error', () => {
  it('is told with all that it knows, indented, and its code', () => {
    const error = new FedbridgeError('EXCHANGE_REFUSED', 'No.', {
      presented: { issuer: 'https://i', subject: 's', audience: 'a' },
      answer: 'HTTP 400',
      hint: 'First.\nThen.',
      document: '{\n}',
    });
    expect(explain(error)).toBe(
      [
        'No. [EXCHANGE_REFUSED]',
        ...['Presented:', '  issuer    https://i', '  subject   s', '  audience  a'],
        'Answer: HTTP 400',
        ...['What to do:', '  First.', '  Then.', '  {', '  }'],
      ].join('\n'),
    );
    expect(explain(new FedbridgeError('INTERNAL', 'No.'))).toBe('No. [INTERNAL]');
  });

  it('keeps what it knew when it is told differently', () => {
    const cause = new Error('why');
    const error = new FedbridgeError('HTTP_CONNECT', 'No.', { cause, recovery: 'transient', answer: 'x' });
    expect(error).toMatchObject({ name: 'FedbridgeError', cause, recovery: 'transient' });
    const other = error.with({ recovery: 'never' }, 'Never.');
    expect(other).toMatchObject({ code: 'HTTP_CONNECT', message: 'Never.', recovery: 'never', cause });
    expect(other.detail.answer).toBe('x');
    expect(error.with({}).message).toBe('No.');
    const plain = new FedbridgeError('INTERNAL', 'No.');
    expect(plain.recovery).toBe('never');
    expect(Object.hasOwn(plain, 'cause')).toBe(false);
  });
});
