import { FedbridgeError } from '@fedbridge/core/error';

/** A value that a document of this format cannot hold as what it is. @throws FedbridgeError `INPUT_INVALID` */
export function unsayable(what: string): never {
  throw new FedbridgeError('INPUT_INVALID', `${what}.`, {
    hint: 'Nothing escapes it there. Another --format can say it.',
  });
}
