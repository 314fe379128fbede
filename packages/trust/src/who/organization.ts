import type { ClaimPart, Language, TokenField } from '@fedbridge/issuers';

const letters: Language = { chars: 'a-z0-9' };
const unit: Language = { sequence: ['ou-', letters, '-', letters, '/'] };

/**
 * The organization of an account, where it is in one, and the place there.
 * Sources: IAM User Guide, "AWS global condition context keys", aws:PrincipalOrgPaths: it begins with the organization's id; that it ends with
 * a slash, AWS Systems Manager API Reference, NodeOwnerInfo, OrganizationalUnitPath, and Amazon EC2 API Reference,
 * AddIpamOrganizationalUnitExclusion: "o-a1b2c3d4e5/r-f6g7h8i9j0example/ou-ghi0-awsccccc/ou-jkl0-awsddddd/". Read 2026-11-26.
 */
export const organizationFields: Readonly<Record<string, TokenField>> = {
  organization: { language: { sequence: ['o-', letters] }, example: 'o-stranger01', optional: true },
  place: { language: { sequence: ['r-', letters, '/', { many: unit }] }, example: 'r-anyroot/' },
};

/** The id of an organization, as its key has it. */
export const organizationId: readonly ClaimPart[] = [{ field: 'organization' }];

/** The one value of the key: an account is at one place. */
export const organizationPath: readonly ClaimPart[] = [{ field: 'organization' }, '/', { field: 'place' }];
