import type { ClaimPart, Language, TokenField } from '@fedbridge/issuers';

const letters: Language = { chars: 'a-z0-9' };
const unit: Language = { sequence: ['ou-', letters, '-', letters, '/'] };

/**
 * The organization of an account, where it is in one, and the place there.
 * Source: IAM User Guide, "AWS global condition context keys", aws:PrincipalOrgPaths: it begins with the organization's id.
 */
export const organizationFields: Readonly<Record<string, TokenField>> = {
  organization: { language: { sequence: ['o-', letters] }, example: 'o-stranger01', optional: true },
  place: { language: { sequence: ['r-', letters, '/', { many: unit }] }, example: 'r-anyroot/' },
};

export const organizationId: readonly ClaimPart[] = [{ field: 'organization' }];

/** The one value of the key: an account is at one place. */
export const organizationPath: readonly ClaimPart[] = [{ field: 'organization' }, '/', { field: 'place' }];
