import { invalid } from '@fedbridge/core';

/** `[\w+=,.@:/-]{2,1224}` [STS API, AssumeRole]. @throws FedbridgeError `INPUT_INVALID` */
export function parseExternalId(text: string): string {
  if (/^[\w+=,.@:/-]{2,1224}$/.test(text)) return text;
  throw invalid('expected 2 to 1,224 letters, digits or any of _+=,.@:/-');
}
