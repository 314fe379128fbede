import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// A worker is ended before it could write what it ran.
afterAll(() => takeCoverage());
