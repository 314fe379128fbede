/**
 * A service with which a customer keeps the users of an application, at a URL of his own. Whoever likes signs up, unless a setting keeps
 * him from it, of which neither a token nor a policy says anything.
 */
export interface UserDirectory {
  /** An `iss` of it, exactly. */
  readonly iss: RegExp;
  /** Whether it signs in who has no account, too, where that is allowed: no claim that a policy can test tells him from others. */
  readonly hasGuests?: true;
  /** Whether a token may name who asked for it, `azp`. */
  readonly hasAzp?: true;
}

const userDirectories: readonly UserDirectory[] = [
  {
    iss: /^https:\/\/(issuer-)?cognito-idp\.[a-z\d-]+\.amazonaws\.com(\.cn)?\/[\w-]+$/,
    // Source: Amazon Cognito Developer Guide, Configuring policies for user creation: "anyone on the internet", https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-admin-create-user-policy.html, read 2026-11-26.
  },
  {
    iss: /^https:\/\/securetoken\.google\.com\/[a-z\d.:-]+$/,
    hasGuests: true,
    // Source: Firebase Documentation, Authenticate with Firebase Anonymously: "temporary anonymous accounts", https://firebase.google.com/docs/auth/web/anonymous-auth, read 2026-11-26.
  },
  {
    iss: /^https:\/\/[a-z\d]+\.supabase\.co\/auth\/v1$/,
    hasGuests: true,
    // Source: Supabase Docs, Anonymous Sign-Ins: only the claim is_anonymous tells them, https://supabase.com/docs/guides/auth/auth-anonymous, read 2026-11-26.
  },
  {
    iss: /^https:\/\/[a-z\d-]+(\.[a-z\d-]+)?\.auth0\.com\/?$/,
    hasAzp: true,
    // Source: Auth0 Docs, Connection Settings Best Practices: disable sign-up where it is not appropriate, https://auth0.com/docs/best-practices/connection-settings, read 2026-11-26.
  },
  {
    iss: /^https:\/\/[a-z\d-]+\.clerk\.accounts\.dev$/,
    hasAzp: true,
    // Source: Clerk Docs, Security overview: sign-ups are "open to anyone" by default, https://clerk.com/docs/security/overview, read 2026-11-26.
  },
  {
    iss: /^https:\/\/[\w-]+\.b2clogin\.com\/(tfp\/[\w-]+\/[\w-]+|[\w-]+)\/v2\.0\/$/,
    hasAzp: true,
    // Source: AzureAD/microsoft-identity-web, Azure AD B2C issuer claim support, https://github.com/AzureAD/microsoft-identity-web/wiki/Azure-AD-B2C-issuer-claim-support; that users sign up: Microsoft Learn, https://learn.microsoft.com/en-us/azure/active-directory-b2c/active-directory-b2c-setup-oidc-idp, read 2026-11-26.
  },
  {
    iss: /^https:\/\/[\w-]+\.ciamlogin\.com\/[\w-]+\/v2\.0$/,
    hasAzp: true,
    // Source: Microsoft Learn, Microsoft Entra External ID, self-service sign-up. Not read: the form of its issuer is from tokens that were seen.
  },
];

/** The directory whose users a URL signs for; undefined for what is none. */
export const userDirectoryAt = (iss: string): UserDirectory | undefined =>
  userDirectories.find((one) => one.iss.test(iss));
