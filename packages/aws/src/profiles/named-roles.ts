import { invalid, parsePairs, sameButForCase } from '@fedbridge/core';
import { parseRoleArn, type RoleArn } from '../role-arn.ts';
import { type ProfileName, parseProfileName } from './profile-name.ts';

/** A role under a name that serves for a profile and for the names of outputs. */
export interface NamedRole {
  readonly name: ProfileName;
  readonly role: RoleArn;
}

/** `name = arn`, a line each. @throws FedbridgeError `INPUT_INVALID` */
export function parseNamedRoles(text: string): readonly NamedRole[] {
  const pairs = [...parsePairs(text)];
  const twice = sameButForCase(pairs.map(([name]) => name));
  if (twice) throw invalid(`"${twice.join('" and "')}" are one name: case does not count in the names of outputs.`);
  return pairs.map(([name, arn]) => {
    if (/^[A-Za-z_][\w-]*$/.test(name)) return { name: parseProfileName(name), role: parseRoleArn(arn) };
    throw invalid(`the name "${name}" must be a letter or _, then letters, digits, _ or -.`);
  });
}
