import { type RunnerTestSuite as Suite, type RunnerTestCase as Test, TestRunner } from 'vitest';
import { begin, isOwn, readVerdicts, tell } from './folder.ts';

/** What the instrumented code and this runner tell each other. Source: @stryker-mutator/api, `InstrumenterContext`. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>;
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

const world = globalThis as unknown as { __stryker__?: Instrumented };
world.__stryker__ ??= {};
const instrumented = world.__stryker__;

/** A mutant that tests went through unharmed for so long, in ms, is taken for one that survives. */
const patience = 2_500;

const killed = new Set<string>();
const atLoad = new Set<string>();
/** For how long, in ms. */
const survived = new Map<string, number>();
for (const { id, verdict, ms } of readVerdicts()) {
  if (verdict === 'killed') killed.add(id);
  else survived.set(id, (survived.get(id) ?? 0) + ms);
}

/**
 * Runs each test once as it is, to see which mutants it goes through, and then with each of these that is still alive, in the same
 * process: starting one for each of them would take a day.
 */
export default class MutationRunner extends TestRunner {
  async runTask(test: Test): Promise<void> {
    const run = TestRunner.getTestFn(test);
    instrumented.currentTestId = test.id;
    const start = performance.now();
    try {
      await run();
    } finally {
      instrumented.currentTestId = undefined;
    }
    const within = (performance.now() - start) * 10 + 2_000;
    const hits = Object.entries(instrumented.mutantCoverage?.perTest[test.id] ?? {}).filter(([id]) => isOwn(id));
    const name = `${test.file.name} > ${test.fullTestName}`;
    const candidates = hits.filter(([id]) => !killed.has(id) && (survived.get(id) ?? 0) < patience);
    if (candidates.length === 0 || !(await passes(test, run, within))) return;
    for (const [id, count] of candidates) {
      begin(id, name);
      Object.assign(instrumented, { activeMutant: id, hitCount: 0, hitLimit: count * 100 + 1_000 });
      const began = performance.now();
      const isAlive = await passes(test, run, within);
      const ms = Math.ceil(performance.now() - began);
      Object.assign(instrumented, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (isAlive) survived.set(id, (survived.get(id) ?? 0) + ms);
      else killed.add(id);
      tell({ id, verdict: isAlive ? 'covered' : 'killed', test: name, ms });
      // What it left behind is no reason to find others dead.
      if (!isAlive && !(await passes(test, run, within))) {
        console.error(`After mutant ${id}, ${name} does not pass any more.`);
        return;
      }
    }
  }

  override async onAfterRunFiles(): Promise<void> {
    for (const id of Object.keys(instrumented.mutantCoverage?.static ?? {})) {
      if (!isOwn(id) || atLoad.has(id)) continue;
      atLoad.add(id);
      tell({ id, verdict: 'static', test: '', ms: 0 });
    }
  }
}

/** Whether a test passes, with all that is to be done before and after it. */
async function passes(test: Test, run: () => unknown, within: number): Promise<boolean> {
  const suites: Suite[] = [];
  for (let suite: Suite | undefined = test.suite ?? test.file; suite; suite = suite.suite ?? undefined)
    suites.unshift(suite);
  if (suites[0] !== test.file) suites.unshift(test.file);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), within);
  });
  const inAll = async (hooks: (suite: Suite) => readonly ((context: Test['context'], suite: Suite) => unknown)[]) => {
    for (const suite of suites) for (const hook of hooks(suite)) await hook(test.context, suite);
  };
  const holds = (what: Promise<unknown>) => what.then(() => true).catch(() => false);
  const done = (async () => {
    const isGood = await holds(inAll((suite) => TestRunner.getSuiteHooks(suite).beforeEach).then(run));
    return (await holds(inAll((suite) => TestRunner.getSuiteHooks(suite).afterEach))) && isGood;
  })();
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}
