import { guides, hub, immutable, named, samples } from './sample.corpus.ts';

const api = 'api://AzureADTokenExchange';
const credential = (name: string, subject: string, more: object = {}) => ({
  name,
  issuer: `https://${hub}`,
  subject,
  audiences: [api],
  ...more,
});
const one = (subject: string, more: object = {}) => [credential('main', subject, more)];
const portal = 'Azure/login#515, #517';
const repo = (context: string) => `repo:octo@65001/app@724113:${context}`;

export const impossibleCredentials = samples(
  [
    'a name of two letters',
    [credential('ab', immutable)],
    ['entra/malformed'],
    'Three at least.',
    guides.graphCredential,
  ],
  [
    'a name of 130 letters',
    [credential('a'.repeat(130), immutable)],
    ['entra/malformed'],
    '120 at most.',
    guides.graphCredential,
  ],
  [
    'a name with a blank',
    [credential('my credential', immutable)],
    ['entra/malformed'],
    'Letters, digits, - and _.',
    guides.graphCredential,
  ],
  [
    'a subject of 700 letters',
    one(`${repo('environment:')}${'e'.repeat(660)}`),
    ['entra/malformed'],
    '600 at most.',
    guides.graphCredential,
  ],
  ['an empty subject', one(''), ['entra/malformed'], 'It must say something.', guides.graphCredential],
  ['a repository without more', one('repo:octo/app'), ['never-matches'], 'A subject always goes on.', portal],
  ['a branch without ref:', one(repo('refs/heads/main')), ['never-matches'], 'It is ref:refs/heads/main.', portal],
  ['a branch by its name', one(repo('ref:main')), ['never-matches'], 'It is ref:refs/heads/main.', portal],
  [
    'a colon in the name of an environment',
    one(repo('environment:prod:eu')),
    ['never-matches'],
    'GitHub writes %3A.',
    guides.gitHubOidc,
  ],
  [
    'a colon in the name of an environment, escaped',
    one(repo('environment:prod%3Aeu')),
    [],
    'As GitHub writes it.',
    guides.gitHubOidc,
  ],
  [
    'a URL in the place of the name',
    one('repo:https://github.com/octo/app:ref:refs/heads/main'),
    ['never-matches'],
    'Owner and repository alone.',
    portal,
  ],
  ['a blank at the end', one(`${named} `), ['never-matches'], 'Compared exactly.', portal],
  [
    'the word repo in capitals',
    one('Repo:octo/app:ref:refs/heads/main'),
    ['never-matches'],
    'Compared exactly.',
    portal,
  ],
  ['pull_request with a dash', one(repo('pull-request')), ['never-matches'], 'It is pull_request.', portal],
  [
    'one of a company with an issuer of its own',
    one('build', { issuer: 'https://idp.example.com/', audiences: ['api://ours'] }),
    [],
    'Nothing is known of it.',
    guides.entraFederation,
  ],
);
