import fc from 'fast-check';

// A mutant that no thirtieth case finds is told by the case that a test names.
fc.configureGlobal({ numRuns: 30 });
