import type { Profile } from '../profile.ts';

/**
 * A GitHub token, for another repository or from another platform.
 * Source: octo-sts/action, `action.yml`, `index.js`, `post.js`; octo-sts/app, `pkg/octosts/octosts.go`; GitHub Docs, "Generating an
 * installation access token for a GitHub App" (an hour) and "Revoke an installation access token".
 */
export const octoSts: Profile = {
  name: 'octo-sts',
  title: 'a GitHub token by octo-sts',
  usual: { domain: 'https://octo-sts.dev', domainHost: 'octo-sts.dev', githubApiUrl: 'https://api.github.com' },
  audience: '{domainHost}',
  who: ['{trustPolicy} of {scope}'],
  exchange: [
    {
      to: 'octo-sts',
      method: 'GET',
      url: '{domain}/sts/exchange',
      query: { scope: '{scope}', identity: '{trustPolicy}' },
      headers: { authorization: 'Bearer {idToken}' },
      gives: { token: 'token', lifetime: 3600 },
      denied: {
        hint:
          'This is a trust policy for .github/chainguard/<name>.sts.yaml, where <name> is what {trustPolicy} says, on the default ' +
          'branch of what {scope} says; with the permissions that the job needs:',
        document: {
          issuer: '{issuer}',
          subject: '{subject}',
          audience: '{audience}',
          permissions: { contents: 'read' },
        },
      },
    },
  ],
  revoke: {
    to: 'GitHub',
    method: 'DELETE',
    url: '{githubApiUrl}/installation/token',
    headers: { authorization: 'Bearer {token}', 'x-github-api-version': '2022-11-28' },
    ended: { status: 401 },
  },
};
