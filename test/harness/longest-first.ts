import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files in which one test takes longest: what begins last should be short, or one core waits for it. */
const longest = [
  'test/faults/files.test.ts',
  'test/interop/aws-clients.test.ts',
  'test/faults/matrix.test.ts',
  'test/e2e/agent-fleet.test.ts',
  'test/soak/soak.test.ts',
];

/** As vitest orders files, but for these. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
