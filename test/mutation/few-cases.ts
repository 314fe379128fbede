import fc from 'fast-check';

// A mutant that no tenth case finds is told by the case that a test names; and a case that finds one need not be the smallest.
fc.configureGlobal({ numRuns: 10, endOnFailure: true });
