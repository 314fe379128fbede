import { algorithmCases } from './algorithm-cases.ts';
import { audienceCases } from './audience-cases.ts';
import type { ConformanceCase } from './case.ts';
import { formCases } from './form-cases.ts';
import { gitHubCases } from './github-cases.ts';
import { headerCases } from './header-cases.ts';
import { issuerCases } from './issuer-cases.ts';
import { keyCases, rotationCases } from './key-cases.ts';
import { platformCases } from './platform-cases.ts';
import { subjectCases } from './subject-cases.ts';
import { timeCases } from './time-cases.ts';

/** Every case, in the order in which they are tried. */
export const cases: readonly ConformanceCase[] = [
  ...gitHubCases,
  ...platformCases,
  ...issuerCases,
  ...audienceCases,
  ...subjectCases,
  ...timeCases,
  ...algorithmCases,
  ...keyCases,
  ...headerCases,
  ...formCases,
  // Last: a server that waits before it asks an issuer again keeps nobody else waiting.
  ...rotationCases,
];
