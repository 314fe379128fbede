export type { ConformanceCase, Decision, Group } from './cases/case.ts';
export { cases } from './cases/cases.ts';
export { trusts } from './cases/trusts.ts';
export { SuiteIssuers } from './issuer/issuer.ts';
export { type ProfileName, profileNames } from './profiles/names.ts';
export type { Connection, Profile } from './profiles/profile.ts';
export { profileOf } from './profiles/profiles.ts';
export { type CaseResult, countsOf, type Outcome, type ServerReport } from './report.ts';
export { runCases, setUpFor } from './run.ts';
