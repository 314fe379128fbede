import type { Severity } from '@fedbridge/trust';
import type { Ref } from 'preact';
import { useEffect, useId, useImperativeHandle, useRef, useState } from 'preact/hooks';
import { type Excerpt, excerptOf, linesIn, longestShown, offsetOf } from './excerpt.ts';
import { FileButton } from './file-button.tsx';
import { mostBytes, useFile } from './use-file.ts';

/** What can be done with an editor from outside. */
export interface EditorHandle {
  /** Shows a place, lines and columns from 1, and puts the cursor there. */
  reveal(line: number, column: number): void;
}

interface EditorProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  /** The worst of what was found in each line. */
  readonly marks?: ReadonlyMap<number, Severity>;
  readonly problem?: string | undefined;
  readonly rows: number;
  readonly placeholder?: string;
  readonly handle?: Ref<EditorHandle>;
}

/** In characters, as many as a file may have bytes. */
const mostPasted = mostBytes;

/** In pixels, as the style has it. */
const lineHeight = 20;

/** A text with numbered lines. One that is too long for a browser is shown where it is looked at, and not edited. */
export function Editor({ label, hint, value, onInput, marks, problem, rows, placeholder, handle }: EditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState(0);
  const [place, setPlace] = useState({ line: 1, column: 1 });
  const { open, problem: fileProblem } = useFile(onInput);
  const [pasteProblem, setPasteProblem] = useState('');
  const { text, firstLine, isWhole } = excerptOf(value, place.line, place.column);
  useImperativeHandle(handle ?? null, () => ({
    reveal(line, column) {
      setPlace({ line, column });
      // What is shown is there with the next frame.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => show(area.current, excerptOf(value, line, column), line, column)),
      );
    },
  }));
  useEffect(() => setScroll(area.current?.scrollTop ?? 0), [text]);
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : '', isWhole ? '' : `${id}-long`];
  return (
    <div class="field">
      <Labels {...{ id, label }} onFile={open} onClear={isWhole ? undefined : () => onInput('')} />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class={problem ? 'editor wrong' : 'editor'}>
        <Lines scroll={scroll} height={rows * lineHeight} {...{ firstLine, marks }} count={linesIn(text)} />
        <textarea
          ref={area}
          id={id}
          value={text}
          rows={rows}
          placeholder={placeholder}
          readOnly={!isWhole}
          aria-describedby={described.filter(Boolean).join(' ') || undefined}
          aria-invalid={problem ? true : undefined}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
          onPaste={(event) => setPasteProblem(pasteLong(event, isWhole, onInput))}
          onDrop={(event) => open(fileIn(event))}
          onScroll={({ currentTarget }) => setScroll(currentTarget.scrollTop)}
        />
      </div>
      {!isWhole && <Long id={`${id}-long`} lines={linesIn(value)} line={place.line} />}
      <p role="status" class="problem">
        {fileProblem || pasteProblem}
      </p>
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

interface LabelsProps {
  readonly id: string;
  readonly label: string;
  readonly onFile: (file: File | undefined) => void;
  /** For a text that cannot be edited. */
  readonly onClear: (() => void) | undefined;
}

/** What a text is, and where it can be had from. */
function Labels({ id, label, onFile, onClear }: LabelsProps) {
  return (
    <span class="labels">
      <label for={id} id={`${id}-label`}>
        {label}
      </label>
      {onClear && (
        <button type="button" onClick={onClear}>
          Clear
        </button>
      )}
      <FileButton of={`${id}-label`} onFile={onFile} />
    </span>
  );
}

function Long({ id, lines, line }: { readonly id: string; readonly lines: number; readonly line: number }) {
  return (
    <p class="hint" id={id}>
      {lines.toLocaleString('en')} lines: too long to be edited here. What stands around line{' '}
      {line.toLocaleString('en')} is shown.
    </p>
  );
}

/** Puts the cursor on a place, which is in sight then. */
function show(element: HTMLTextAreaElement | null, excerpt: Excerpt, line: number, column: number): void {
  if (!element) return;
  const row = line - excerpt.firstLine;
  const start = offsetOf(excerpt.text, row + 1) + (excerpt.isWhole ? column - 1 : 0);
  const end = excerpt.text.indexOf('\n', start);
  element.focus();
  element.setSelectionRange(start, end < 0 ? excerpt.text.length : end);
  element.scrollTop = Math.max(0, (row - 3) * lineHeight);
}

/** A file that is dropped, which the browser would open in the place of the page. */
function fileIn(event: DragEvent): File | undefined {
  const file = event.dataTransfer?.files[0];
  if (file) event.preventDefault();
  return file;
}

/** What is long is taken without the field, which would lay it out first. @returns why it is not, a sentence; empty where it is */
function pasteLong(event: ClipboardEvent, isWhole: boolean, onInput: (text: string) => void): string {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const { value, selectionStart, selectionEnd } = event.currentTarget as HTMLTextAreaElement;
  if (isWhole && value.length + text.length <= longestShown) return '';
  event.preventDefault();
  if (!isWhole) return 'Nothing was pasted: what stands here is too long to be edited. Clear it first.';
  if (text.length > mostPasted)
    return `Nothing was pasted: it has ${text.length.toLocaleString('en')} characters, more than ${mostPasted.toLocaleString('en')}. "fedbridge trust audit" takes more.`;
  onInput(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
  return '';
}

interface LinesProps {
  readonly scroll: number;
  readonly height: number;
  /** From 1. */
  readonly firstLine: number;
  readonly count: number;
  readonly marks: ReadonlyMap<number, Severity> | undefined;
}

/** The numbers of the lines that are seen, and no more of them, however long the text is. */
function Lines({ scroll, height, firstLine, count, marks }: LinesProps) {
  const first = Math.floor(scroll / lineHeight);
  const seen = Math.max(0, Math.min(count - first, Math.ceil(height / lineHeight) + 40));
  return (
    <div class="lines" aria-hidden="true">
      <div style={{ transform: `translateY(${first * lineHeight - scroll}px)` }}>
        {Array.from({ length: seen }, (_, index) => {
          const line = firstLine + first + index;
          const mark = marks?.get(line);
          return (
            <div key={line} class={mark ? `line ${mark}` : 'line'}>
              {line}
            </div>
          );
        })}
      </div>
    </div>
  );
}
