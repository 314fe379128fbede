import { expect, it } from 'vitest';
import { isTrusted } from './role-session.ts';

const request = { action: 'sts:AssumeRole', keys: {}, principal: undefined } as unknown as Parameters<
  typeof isTrusted
>[1];

it('a role whose trust policy IAM would not take is answered by an error of STS, and a defect of ours is not', () => {
  const role = (trustPolicy: unknown) => ({ name: 'deploy', trustPolicy }) as Parameters<typeof isTrusted>[0];
  expect(() => isTrusted(role({ Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] }), request)).toThrow(
    expect.objectContaining({ code: 'MalformedPolicyDocument' }),
  );
  const defect = {
    get Version(): string {
      throw new TypeError('a defect');
    },
  };
  expect(() => isTrusted(role(defect), request)).toThrow(new TypeError('a defect'));
});
