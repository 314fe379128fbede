import { describe, expect, it } from 'vitest';
import { filtered } from './filter.ts';

const all = [
  { displayName: 'deploy', appId: 'A1', servicePrincipalNames: ['A1', 'api://one'] },
  { displayName: "Deploy it's", appId: 'b2', servicePrincipalNames: ['b2'] },
];
const names = (filter?: string) => filtered(all, filter).map(({ appId }) => appId);

describe('a $filter', () => {
  it.each([
    [undefined, ['A1', 'b2']],
    ["displayName eq 'Deploy'", ['A1']],
    ["displayName eq 'deploy it''s'", ['b2']],
    ["startswith(displayName,'dep')", ['A1', 'b2']],
    ["startswith(displayName,'dep') and appId eq 'a1'", ['A1']],
    ["servicePrincipalNames/any(c:c eq 'api://one')", ['A1']],
    ["identifierUris/any(s:s eq 'api://one')", []],
    ["displayName eq ' and '", []],
    ["unknown eq ''", ['A1', 'b2']],
  ])('%s', (filter, expected) => expect(names(filter)).toEqual(expected));

  it.each([
    '',
    'displayName',
    'displayName eq deploy',
    "displayName eq 'deploy",
    "displayName eq 'a' or appId eq 'b'",
    "displayName eq 'a' and ",
    "displayName eq 'a'b'",
    "endswith(displayName,'y')",
  ])('%j is of another form', (filter) => {
    expect(() => names(filter)).toThrow(expect.objectContaining({ status: 400, code: 'Request_UnsupportedQuery' }));
  });
});
