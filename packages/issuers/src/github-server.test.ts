import { describe, expect, it } from 'vitest';
import { gitHubTokenDomains, signsForGitHubServer } from './index.ts';

describe('The tokens of a server of GitHub', () => {
  it.each([
    ['https://github.com', 'https://token.actions.githubusercontent.com', true],
    ['https://github.com', 'https://token.actions.githubusercontent.com/octocat-inc', true],
    ['https://github.com', 'https://token.actions.githubusercontent.com/', false],
    ['https://github.com', 'https://token.actions.octocorp.ghe.com', false],
    ['https://github.com', 'https://github.com/_services/token', false],
    ['https://octocorp.ghe.com', 'https://token.actions.octocorp.ghe.com', true],
    ['https://octocorp.ghe.com', 'https://token.actions.octocorp.ghe.com/octocorp', true],
    ['https://octocorp.ghe.com', 'https://token.actions.other.ghe.com', false],
    ['https://octocorp.ghe.com', 'https://token.actions.githubusercontent.com', false],
    ['https://github.example.com:8443', 'https://github.example.com:8443/_services/token', true],
    ['https://github.example.com:8443', 'https://github.example.com/_services/token', false],
    ['https://github.example.com', 'https://github.example.com/_services/token/', false],
    ['https://github.example.com', 'https://token.actions.githubusercontent.com', false],
    ['https://github.com.evil.example', 'https://token.actions.githubusercontent.com', false],
  ])('%s: %s is theirs: %s', (server, iss, expected) => {
    expect(signsForGitHubServer(iss, new URL(server))).toBe(expected);
  });

  it.each([
    ['https://github.com', ['actions.githubusercontent.com', 'actions.github.com']],
    ['https://octocorp.ghe.com', ['octocorp.ghe.com', 'actions.githubusercontent.com', 'actions.github.com']],
    ['https://github.example.com', ['github.example.com']],
    ['https://evil-ghe.com', ['evil-ghe.com']],
  ])('are asked for by the jobs of %s at %j', (server, domains) => {
    expect(gitHubTokenDomains(new URL(server))).toEqual(domains);
  });
});
