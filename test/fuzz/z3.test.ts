import {
  type Admitted,
  type Grant,
  grantsOfPolicy,
  type Mine,
  parseMine,
  parseTrustPolicy,
  policyVerdict,
  whoIsGranted,
} from '@fedbridge/trust';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { init, killThreads } from 'z3-solver';
import { cases, seeded } from './cases.ts';
import { now, oneOf, providerOf, tokenOf } from './signer.ts';
import {
  type Answer,
  answersIn,
  anyText,
  both,
  but,
  type Language,
  languageOf,
  many,
  oneBut,
  question,
  range,
  sequence,
  some,
  type TextCondition,
  text,
  union,
} from './smt.ts';

/** 200 in `pnpm test:all`. */
const policies = Math.ceil(cases * (process.env.FUZZ_CASES === undefined ? 0.04 : 0.05));
/** Questions that one run of the solver answers: each run begins with a thread of its own. */
const batch = 1000;
/** What a question may cost, in the solver's own measure: the same on every machine. */
const rlimit = 5_000_000;

/** What an issuer signs for others than ours, by its subject alone, as its documents have it. */
interface Subjects {
  readonly iss: string;
  readonly mine: readonly string[];
  readonly ofOthers: Language;
  readonly ofAnybody: Language;
  readonly texts: readonly string[];
}

const noColon = some(oneBut(':'));
const anyCase = (word: string) => sequence(...[...word].map((one) => union(text(one), text(one.toUpperCase()))));
const others = (language: Language, word: string) => both(language, but(anyCase(word)));

/** Source: HashiCorp Developer, "Workload identity tokens" of HCP Terraform, the claim `sub` of workspaces and of stacks. */
const ofTerraform = (organization: Language) =>
  sequence(
    ...[text('organization:'), organization, text(':project:'), noColon],
    union(
      sequence(text(':workspace:'), noColon, text(':run_phase:'), noColon),
      sequence(text(':stack:'), noColon, text(':deployment:'), noColon, text(':operation:'), noColon),
    ),
  );

const word = (...more: readonly string[]) =>
  some(union(range('a', 'z'), range('A', 'Z'), range('0', '9'), ...more.map(text)));
const number = some(range('0', '9'));
/** Source: git, git-check-ref-format. */
const ref = sequence(
  ...[text('refs/'), union(...['heads/', 'tags/', 'pull/'].map(text))],
  some(both('(re.range " " "~")', ...[...' ~^:?*[\\'].map((one) => `(re.comp ${text(one)})`))),
);
const value = many(oneBut(':'));
/** Source: GitHub Docs, "Username considerations for external authentication"; an app's has `[bot]` behind it. */
const login = word('_', '-', '[', ']');

/** Source: GitHub Docs, OpenID Connect reference, the default subject and "Customizing the subject claims". */
function ofGitHub(owner: Language): Language {
  const repository = word('.', '_', '-');
  const names = sequence(owner, text('/'), repository);
  const ids = sequence(owner, text('@'), number, text('/'), repository, text('@'), number);
  const keys = [
    ...['base_ref', 'check_run_id', 'enterprise', 'environment', 'environment_node_id', 'event_name'],
    ...['head_ref', 'issuer_scope', 'jti', 'job_workflow_ref', 'job_workflow_sha', 'ref_protected', 'ref_type'],
    ...['repository_visibility', 'run_attempt', 'run_id', 'run_number', 'runner_environment', 'sha', 'workflow'],
    ...['workflow_ref', 'workflow_sha'],
  ];
  const property = sequence(text('repo_property_'), word('_'));
  const ofNobody = union(
    sequence(union(...keys.map(text), property), text(':'), value),
    sequence(text('actor:'), login),
    sequence(text('actor_id:'), number),
    sequence(text('ref:'), union(text(''), ref)),
    text('pull_request'),
  );
  const telling = ['repo', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'enterprise_id'];
  const any = union(ofNobody, sequence(union(...telling.map(text)), text(':'), value));
  const first = union(
    sequence(text('repo:'), union(names, ids)),
    ...[sequence(text('repository:'), names), sequence(text('repository_owner:'), owner)],
    ...['repository_owner_id:', 'repository_id:', 'enterprise_id:'].map((key) => sequence(text(key), number)),
  );
  const colon = text(':');
  return union(
    sequence(many(sequence(ofNobody, colon)), first, many(sequence(colon, any))),
    sequence(ofNobody, many(sequence(colon, ofNobody))),
  );
}

/** None begins with a hyphen. */
const organizations = both(word('_', '-'), but(sequence(text('-'), anyText)));
const issuers: readonly Subjects[] = [
  {
    iss: 'https://oidc.corp.example',
    mine: [],
    ofOthers: anyText,
    ofAnybody: anyText,
    texts: ['', 'a', 'admin', 'system:serviceaccount:ns:app', 'arn:aws:iam::1:role/x', 'a:b:c:d:e:f:g', 'repo:a/b:c'],
  },
  {
    iss: 'https://app.terraform.io',
    mine: ['terraform-cloud:acme'],
    ofOthers: ofTerraform(others(noColon, 'acme')),
    ofAnybody: ofTerraform(noColon),
    texts: [
      'organization:acme:project:web:workspace:w:run_phase:apply',
      'organization:Acme:project:web:workspace:w:run_phase:plan',
      'organization:acme2:project:web:workspace:w:run_phase:apply',
      'organization:evil:project:acme:workspace:w:run_phase:apply',
    ],
  },
  {
    iss: 'https://token.actions.githubusercontent.com',
    mine: ['github:octo'],
    ofOthers: ofGitHub(others(organizations, 'octo')),
    ofAnybody: ofGitHub(organizations),
    texts: [
      ...['repo:octo/app:ref:refs/heads/main', 'repo:octo/app:environment:prod', 'repo:octo/app:pull_request'],
      ...[
        'repo:octo@65001/app@7:ref:refs/heads/main',
        'repo:evil/octo:pull_request',
        'environment:prod',
        'pull_request',
      ],
      ...[
        'repository_owner:octo:ref:refs/heads/main',
        'repository_owner_id:65001:pull_request',
        'actor:octo',
        'repo:octo',
      ],
    ],
  },
];

const operators = oneOf(
  ...[
    'StringEquals',
    'StringLike',
    'StringLike',
    'StringLike',
    'StringNotEquals',
    'StringNotLike',
    'ArnLike',
    'ArnNotLike',
  ],
  ...['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLikeIfExists', 'ForAnyValue:StringLike'],
  ...['ForAllValues:StringLike', 'ForAnyValue:StringNotLike', 'ForAllValues:StringNotEquals', 'ForAllValues:ArnLike'],
);

/** A text with some of it left open, or none of it. */
const pattern = (texts: readonly string[]) =>
  fc
    .tuple(oneOf(...texts), fc.array(fc.tuple(fc.nat(40), fc.nat(12), oneOf('*', '*', '?', '')), { maxLength: 2 }))
    .map(([one, holes]) =>
      holes.reduce((so, [from, length, wildcard]) => so.slice(0, from) + wildcard + so.slice(from + length), one),
    );

const conditionsOn = (texts: readonly string[], maxLength: number) =>
  fc.uniqueArray(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ operator: operators, values: fc.array(pattern(texts), { minLength: 1, maxLength: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ operator: fc.constant('Null'), values: oneOf(['true'], ['false']) }) },
    ),
    { minLength: 1, maxLength, selector: ({ operator }) => operator },
  );

interface Asked {
  readonly subjects: Subjects;
  readonly allow: readonly TextCondition[];
  readonly deny: readonly (readonly TextCondition[])[];
}

const asked: fc.Arbitrary<Asked> = oneOf(...issuers).chain((subjects) =>
  fc.record({
    subjects: fc.constant(subjects),
    allow: conditionsOn(subjects.texts, 3),
    deny: fc.array(conditionsOn(subjects.texts, 2), { maxLength: 2 }),
  }),
);

/** What is allowed and not denied, of what an issuer signs. */
const languageAsked = ({ allow, deny }: Asked, signed: Language) =>
  both(signed, ...allow.map(languageOf), ...deny.map((all) => but(both(...all.map(languageOf)))));

function policyOf({ subjects: { iss }, allow, deny }: Asked) {
  const statement = (Effect: string, conditions: readonly TextCondition[]) => ({
    Effect,
    Principal: { Federated: providerOf(iss) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: Object.fromEntries(
      conditions.map(({ operator, values }) => [operator, { [`${iss.slice('https://'.length)}:sub`]: values }]),
    ),
  });
  return {
    Version: '2012-10-17',
    Statement: [statement('Allow', allow), ...deny.map((all) => statement('Deny', all))],
  };
}

let solver: Awaited<ReturnType<typeof init>>;
beforeAll(async () => {
  solver = await init();
});
afterAll(() => killThreads(solver.em));

async function answersTo(languages: readonly Language[]): Promise<readonly Answer[]> {
  if (languages.length === 0) return [];
  const { Z3 } = solver;
  const context = Z3.mk_context(Z3.mk_config());
  const head = `(set-option :rlimit ${rlimit})(declare-const s String)`;
  const output = await Z3.eval_smtlib2_string(context, [head, ...languages.map(question)].join('\n'));
  Z3.del_context(context);
  const answers = answersIn(output);
  expect(answers, output.slice(0, 500)).toHaveLength(languages.length);
  return answers;
}

test('another solver says the same of who is allowed by subjects, and its tokens are allowed', async () => {
  const all = fc.sample(asked, { numRuns: policies, ...seeded(20_261_126) });
  const counts = { sat: 0, unsat: 0, unknown: 0, givenUp: 0 };
  const count = ({ is }: Answer) => {
    counts[is] += 1;
  };
  for (let from = 0; from < all.length; from += batch) {
    const some = all.slice(from, from + batch).map((one) => ({ ...one, found: foundBy(one) }));
    const ofOthers = await answersTo(some.map((one) => languageAsked(one, one.subjects.ofOthers)));
    // Whoever is not allowed to others may be to us.
    const rest = some.filter((_, index) => ofOthers[index]?.is === 'unsat');
    const ofAnybody = await answersTo(rest.map((one) => languageAsked(one, one.subjects.ofAnybody)));
    for (const [index, one] of some.entries()) compare(one, ofOthers[index], /^(named others|any account|anybody)$/);
    for (const [index, one] of rest.entries()) compare(one, ofAnybody[index], /^(?!nobody)/);
    for (const answer of [...ofOthers, ...ofAnybody]) count(answer);
    counts.givenUp += some.filter(({ found }) => found.isGivenUp).length;
  }
  const { sat, unsat, unknown, givenUp } = counts;
  expect(Math.min(sat, unsat)).toBeGreaterThan(0.2 * all.length);
  expect(unknown).toBeLessThan(0.05 * (sat + unsat));
  // What would take more work than a question may cost.
  expect(givenUp).toBeLessThan(0.02 * all.length);
});

/** A pattern may have any letter where a text has none but a question mark, which no login has. */
test.each<readonly [operator: string, pattern: string, is: Answer['is']]>([
  ['StringEquals', 'actor:octo?', 'unsat'],
  ['StringEqualsIgnoreCase', 'actor:octo?', 'unsat'],
  ['StringLike', 'actor:octo?', 'sat'],
  ['ForAnyValue:StringLike', 'actor:octo?', 'sat'],
  ['StringEquals', 'actor:octo', 'sat'],
])('both solvers say the same of %s "%s"', async (operator, pattern, is) => {
  const subjects = oneAt('https://token.actions.githubusercontent.com');
  const one = { subjects, allow: [{ operator, values: [pattern] }], deny: [] };
  // On a busy machine it gives one up now and then that costs little.
  let answer: Answer | undefined;
  for (let tries = 0; tries < 5 && (answer?.is ?? 'unknown') === 'unknown'; tries += 1)
    [answer] = await answersTo([languageAsked(one, subjects.ofOthers)]);
  expect(answer?.is).toBe(is);
  compare({ ...one, found: foundBy(one) }, answer, /^(named others|any account|anybody)$/);
});

const oneAt = (url: string) => issuers.find(({ iss }) => iss === url) as Subjects;

interface Found extends Asked {
  readonly found: Admitted;
}

function foundBy(one: Asked): Admitted {
  const ours = one.subjects.mine.map((text) => parseMine(text) as Mine);
  const [grant] = grantsOfPolicy(parseTrustPolicy(policyOf(one)), now);
  return whoIsGranted(grant as Grant, ours, now);
}

/** @param reached - the reaches that there are if the solver found a text */
function compare(one: Found, answer: Answer | undefined, reached: RegExp): void {
  expect(answer).toBeDefined();
  if (!answer || answer.is === 'unknown') return;
  const policy = policyOf(one);
  const said = () => JSON.stringify([policy, answer, one.found]);
  // An answer that is no exact one may be too wide, and never too narrow.
  if (one.found.exact) expect(reached.test(one.found.reach), said()).toBe(answer.is === 'sat');
  else if (answer.is === 'sat') expect(one.found.reach, said()).toMatch(reached);
  if (answer.is !== 'sat') return;
  const token = tokenOf(one.subjects.iss, { sub: answer.model });
  expect(policyVerdict(parseTrustPolicy(policy), token, { now, isWhole: true }).allowed, said()).toBe(true);
}
