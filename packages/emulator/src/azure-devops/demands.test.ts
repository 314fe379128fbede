import { describe, expect, it } from 'vitest';
import { isDemand, isSatisfied, noAgentFound } from './demands.ts';

describe('a demand', () => {
  const capabilities = { docker: '', 'Agent.OS': 'Linux', 'Agent.Version': '4.266.2' };
  it.each([
    ['docker', true],
    ['DOCKER', true],
    ['maven', false],
    ['Agent.OS -equals linux', true],
    ['Agent.OS -equals Windows_NT', false],
    ['docker -equals yes', false],
    ['Agent.Version -gtVersion 4.266.2', true],
    ['Agent.Version -gtVersion 4.27', true],
    ['Agent.Version -gtVersion 4.266.10', false],
    ['Agent.Version -gtVersion 5', false],
    ['maven -gtVersion 1', false],
  ])('%s: %s', (demand, satisfied) => {
    expect(isSatisfied(demand, capabilities)).toBe(satisfied);
  });

  it.each([
    ['docker', true],
    ['a -equals b c', true],
    ['a -equals ', false],
    ['a b', false],
    ['a,b', false],
    ['', false],
  ])('%j is one: %s', (text, is) => {
    expect(isDemand(text)).toBe(is);
  });
});

describe('a pool in which nobody can run a job says so as the service does', () => {
  it.each([
    [[], 'which satisfies the specified demands: java, docker'],
    [[{ docker: '' }], 'which satisfies the following demand: java. All demands: java, docker'],
    [[{ maven: '' }], 'which satisfies the following demands: java, docker. All demands: java, docker'],
    [[{ docker: '' }, { java: '' }], 'which satisfies the specified demands: java, docker'],
  ])('%j', (agents, said) => {
    expect(noAgentFound('linux', ['java', 'docker'], agents)).toBe(`No agent found in pool linux ${said}`);
  });
});
