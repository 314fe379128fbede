import { describe, expect, it } from 'vitest';
import { errorXml, resultXml } from './xml.ts';

describe('an answer of the Query protocol', () => {
  it('has its result, its members as they are nested, and the id of the request', () => {
    expect(resultXml('sts', 'GetCallerIdentity', { Arn: 'arn', Of: { Count: 1, None: undefined } }, 'r-1')).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn</Arn><Of>' +
        '<Count>1</Count></Of></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>' +
        '</GetCallerIdentityResponse>\n',
    );
  });

  it('has the members of a list one after another, and of an action without a result none', () => {
    expect(resultXml('iam', 'ListRoles', { Roles: [{ Name: 'a' }, 'b'], None: [] }, 'r-1')).toContain(
      '<ListRolesResult><Roles><member><Name>a</Name></member><member>b</member></Roles><None></None></ListRolesResult>',
    );
    expect(resultXml('iam', 'AttachRolePolicy', undefined, 'r-1')).toBe(
      '<AttachRolePolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r-1</RequestId>' +
        '</ResponseMetadata></AttachRolePolicyResponse>\n',
    );
  });

  it('or its error, with what came from outside as text', () => {
    expect(errorXml('sts', 'AccessDenied', 'No <b>&"\'</b>.', 'r-1')).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
        "<Message>No &#60;b&#62;&#38;&#34;'&#60;/b&#62;.</Message></Error><RequestId>r-1</RequestId></ErrorResponse>\n",
    );
  });
});
