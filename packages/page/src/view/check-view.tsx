import { useId, useRef, useState } from 'preact/hooks';
import type { Checked } from '../engine/check.ts';
import { claimsOfToken, isClaims } from '../engine/token.ts';
import { examples } from '../examples.ts';
import { Editor, type EditorHandle } from './editor.tsx';
import { countsOf, Findings, marksOf } from './findings.tsx';
import { Fixed } from './fixed.tsx';
import { MineField } from './mine-field.tsx';
import type { Change, State, ViewProps } from './state.ts';
import { Statements } from './statements.tsx';
import { TokenResult, whatComesOfIt } from './token-result.tsx';
import { useAnswer } from './use-answer.ts';
import { Verdict } from './verdict.tsx';

/** A document, and all that can be told of it. */
export function CheckView({ engine, state, change }: ViewProps) {
  const { text, mine, token, parameters } = state;
  const [wasToken, setWasToken] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const { outcome, isWorking } = useAnswer(engine, 'check', { text, mine, token, parameters });
  const checked = outcome && 'answer' in outcome ? outcome.answer : undefined;
  const findings = checked?.documents.flatMap((one) => one.findings) ?? [];
  const { problem } = checked ?? {};
  const place = problem?.position ? `Line ${problem.position.line}, column ${problem.position.column}: ` : '';
  // A token that is put in the place of a document is what is tested.
  const write = (next: string) => {
    const claims = claimsOfToken(next) ?? (isClaims(next) ? next : undefined);
    setWasToken(claims !== undefined);
    change(claims === undefined ? { text: next } : { text: next === claims ? '' : text, token: claims });
  };
  return (
    <div class="columns">
      <div class="given">
        <Editor
          handle={editor}
          label="Policy or federated credentials"
          hint="A trust policy, credentials of an application or managed identity, a template, a plan: as aws, az or Terraform prints it, in JSON or YAML."
          value={text}
          onInput={write}
          marks={marksOf(findings, problem)}
          problem={problem && `${place}${problem.message}`}
          rows={20}
        />
        <p role="status" class="hint">
          {wasToken && 'That is a token: its claims stand below, and its signature is dropped.'}
        </p>
        {text === '' && <Examples onChoose={change} />}
        <MineField
          value={mine}
          problem={checked?.mineProblem}
          suggestions={checked?.owners ?? []}
          onInput={(next) => change({ mine: next })}
        />
        {checked?.isTemplate && <ParametersField value={parameters} onInput={(next) => change({ parameters: next })} />}
        <TokenField value={token} isUnread={checked?.token === 'unread'} onInput={(next) => change({ token: next })} />
      </div>
      <div class="results" aria-busy={isWorking}>
        <p role="status" class="hidden">
          {summaryOf(checked)}
        </p>
        {!outcome && text !== '' && <p class="empty">Working…</p>}
        {outcome && 'failure' in outcome && <p class="problem">{outcome.failure}</p>}
        {checked && <Results checked={checked} state={state} change={change} reveal={editor} />}
      </div>
    </div>
  );
}

function Results({
  checked,
  state,
  change,
  reveal,
}: {
  readonly checked: Checked;
  readonly state: State;
  readonly change: Change;
  readonly reveal: { readonly current: EditorHandle | null };
}) {
  const { documents, sentence, standing, token } = checked;
  const findings = documents.flatMap((one) => one.findings);
  const all = documents.flatMap(({ admitted }) => admitted);
  if (documents.length === 0 && !token) {
    const said = checked.problem
      ? 'Nothing is known of it before it can be read.'
      : 'Paste a document, and who is allowed by it stands here.';
    return <p class="empty">{said}</p>;
  }
  return (
    <>
      {sentence !== '' && documents.length > 0 && (
        <Verdict
          sentence={sentence}
          standing={standing}
          all={all}
          hasMine={state.mine.trim() !== ''}
          text={state.text}
        />
      )}
      {token && token !== 'unread' && (
        <TokenResult token={token} documents={documents} onUse={(text) => change({ text })} />
      )}
      {documents.length > 0 && (
        <Findings findings={findings} onReveal={(line, column) => reveal.current?.reveal(line, column)} />
      )}
      {documents.map(({ fixed, address }, index) => {
        const isAlone = documents.length === 1;
        return (
          fixed && (
            <Fixed
              key={index}
              fixed={fixed}
              address={isAlone ? '' : address}
              onUse={isAlone ? (text) => change({ text }) : undefined}
              onCompare={isAlone ? (text) => change({ before: state.text, text, view: 'compare' }) : undefined}
            />
          )
        );
      })}
      <Statements documents={documents} />
    </>
  );
}

function Examples({ onChoose }: { readonly onChoose: Change }) {
  return (
    <p class="suggestions">
      Try{' '}
      {examples.map(({ title, text, mine }) => (
        <button key={title} type="button" onClick={() => onChoose({ text, mine })}>
          {title}
        </button>
      ))}
    </p>
  );
}

/** What is said to whoever does not see the page. */
function summaryOf(checked: Checked | undefined): string {
  if (!checked) return '';
  const { problem, documents, sentence, token } = checked;
  if (problem) return problem.message;
  const withVerdict = documents.filter(({ verdict }) => verdict);
  const tested = token && withVerdict.length > 0 ? `${whatComesOfIt(withVerdict)}.` : '';
  const findings = documents.flatMap((one) => one.findings);
  const problems =
    documents.length === 0 ? '' : findings.length === 0 ? 'No problems found.' : `${countsOf(findings)}.`;
  return [sentence, tested, problems].filter(Boolean).join(' ');
}

interface TokenFieldProps {
  readonly value: string;
  readonly isUnread: boolean;
  readonly onInput: (claims: string) => void;
}

function TokenField({ value, isUnread, onInput }: TokenFieldProps) {
  return (
    <details class="more" open={value !== ''}>
      <summary>A token to test</summary>
      <Editor
        label="Token or claims"
        hint="The claims as JSON, or the whole token: it is decoded here, and its signature is dropped."
        value={value}
        onInput={(next) => onInput(claimsOfToken(next) ?? next)}
        problem={isUnread ? 'This is neither a token nor claims as a JSON object.' : undefined}
        rows={8}
      />
    </details>
  );
}

/** What a template does not tell. */
function ParametersField({ value, onInput }: { readonly value: string; readonly onInput: (text: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Parameters of the template</label>
      <p class="hint" id={`${id}-hint`}>
        Names with their values, between commas: <code>AWS::AccountId=123456789012, Org=octo</code>
      </p>
      <input
        id={id}
        type="text"
        value={value}
        aria-describedby={`${id}-hint`}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </div>
  );
}
