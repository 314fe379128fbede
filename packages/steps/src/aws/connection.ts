import { parseRegion, parseRoleArn, type Region, type RoleArn } from '@fedbridge/aws';
import { FedbridgeError } from '@fedbridge/core';
import type { Host } from '@fedbridge/step';
import type { AwsInputs } from './inputs.ts';

/** The role and the region: the inputs', else those of the AWS connection. @throws FedbridgeError `INPUT_*` */
export function roleAndRegion(
  host: Host,
  { awsConnection: id, roleToAssume, awsRegion, roles }: AwsInputs,
): { readonly role: RoleArn | undefined; readonly region: Region } {
  const role = roleToAssume ?? fromConnection(host, id, 'roleToAssume', parseRoleArn);
  const region = awsRegion ?? fromConnection(host, id, 'region', parseRegion);
  const missing = (input: string) =>
    new FedbridgeError('INPUT_MISSING', `Input "${host.inputName(input)}" is required.`, {
      hint: host.hasServiceConnections
        ? 'An AWS connection can give it as well: name one in {awsConnection}.'
        : undefined,
    });
  if (!role && !roles) throw missing('roleToAssume');
  if (!region) throw missing('awsRegion');
  return { role, region };
}

function fromConnection<T>(
  host: Host,
  id: string | undefined,
  name: string,
  parse: (text: string) => T,
): T | undefined {
  const text = id === undefined ? undefined : host.connectionData(id, name)?.trim();
  if (!text) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof FedbridgeError)) throw error;
    throw error.with({}, `"${name}" of the AWS connection is "${text}": ${error.message}`);
  }
}
