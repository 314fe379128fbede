import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../../../test/harness/sampled.ts';
import { credentialLists, trustPolicies } from '../../trust/src/lint.corpus.ts';
import { answer, type Kind, type Questions } from './engine/answer.ts';
import { launched, noBrowser } from './testing/browser.ts';
import { opened, pageFile } from './testing/chromium.ts';

const now = 1_790_000_000;
const mine = 'github:octo, github:octo@65001, azure-pipelines:contoso, account:123456789012';
const [script = ''] = /(?<=<script>)[\s\S]*(?=<\/script>)/.exec(readFileSync(pageFile, 'utf8')) ?? [];
const samples = [...trustPolicies, ...credentialLists].map(({ title, document }) => ({
  title,
  text: JSON.stringify(document, null, 2),
}));

interface Asked<K extends Kind = Kind> {
  readonly kind: K;
  readonly question: Questions[K]['question'];
}

/** Each sample by itself, with and without owners of ours, and compared with the one before it. */
const asked: readonly (readonly [title: string, asked: Asked])[] = samples.flatMap(({ title, text }, index) => [
  [title, { kind: 'check', question: { text, mine, token: '', parameters: '', now } }],
  [`${title}, for anybody`, { kind: 'check', question: { text, mine: '', token: '', parameters: '', now } }],
  [
    `${title}, changed`,
    { kind: 'compare', question: { before: samples.at(index - 1)?.text ?? '', after: text, mine, now } },
  ],
]);

const tried = sampled(asked);

describe.skipIf(noBrowser)(`Chromium${noBrowser ? `, skipped: ${noBrowser}` : ''}`, () => {
  let answers: readonly string[] = [];
  beforeAll(async () => {
    const browser = await launched();
    // The worker that the page makes of its script, without the page.
    const { page, close } = await opened(browser, { bypassCSP: true });
    answers = await page.evaluate(
      async ([source, questions]) => {
        const worker = new Worker(URL.createObjectURL(new Blob([source])));
        const all: string[] = [];
        for (const question of questions) {
          const outcome = new Promise<MessageEvent>((resolve, reject) => {
            worker.onmessage = resolve;
            worker.onerror = ({ message }) => reject(new Error(message));
          });
          worker.postMessage(question);
          all.push(JSON.stringify((await outcome).data));
        }
        return all;
      },
      [script, tried.map(([, one]) => one)] as const,
    );
    await close();
    await browser.close();
  });

  it('was asked of all of the corpus', () => {
    expect(samples.length).toBeGreaterThan(350);
    expect(answers.length).toBe(tried.length);
  });

  it.each(tried.map(([title, one], index) => [title, one, index] as const))(
    'says of %s what Node says',
    async (_, { kind, question }, index) => {
      expect(JSON.parse(answers[index] ?? 'null')).toEqual(
        JSON.parse(JSON.stringify({ answer: await answer(kind, question as never) })),
      );
    },
  );
});
