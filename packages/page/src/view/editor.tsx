import type { Severity } from '@fedbridge/trust';
import type { Ref } from 'preact';
import { useEffect, useId, useImperativeHandle, useRef, useState } from 'preact/hooks';

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

/** In pixels, as the style has it. */
const lineHeight = 20;

/** A text with numbered lines. */
export function Editor({ label, hint, value, onInput, marks, problem, rows, placeholder, handle }: EditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState(0);
  const height = rows * lineHeight;
  useImperativeHandle(handle ?? null, () => ({
    reveal(line, column) {
      const element = area.current;
      if (!element) return;
      const start = offsetOf(element.value, line) + column - 1;
      const end = element.value.indexOf('\n', start);
      element.focus();
      element.setSelectionRange(start, end < 0 ? element.value.length : end);
      element.scrollTop = Math.max(0, (line - 4) * lineHeight);
    },
  }));
  useEffect(() => setScroll(area.current?.scrollTop ?? 0), [value]);
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class={problem ? 'editor wrong' : 'editor'}>
        <Lines scroll={scroll} height={height} count={linesIn(value)} marks={marks} />
        <textarea
          ref={area}
          id={id}
          value={value}
          rows={rows}
          placeholder={placeholder}
          aria-describedby={described || undefined}
          aria-invalid={problem ? true : undefined}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
          onScroll={({ currentTarget }) => setScroll(currentTarget.scrollTop)}
        />
      </div>
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

interface LinesProps {
  readonly scroll: number;
  readonly height: number;
  readonly count: number;
  readonly marks: ReadonlyMap<number, Severity> | undefined;
}

/** The numbers of the lines that are seen, and no more of them, however long the text is. */
function Lines({ scroll, height, count, marks }: LinesProps) {
  const first = Math.floor(scroll / lineHeight);
  const seen = Math.max(0, Math.min(count - first, Math.ceil(height / lineHeight) + 40));
  return (
    <div class="lines" aria-hidden="true">
      <div style={{ transform: `translateY(${first * lineHeight - scroll}px)` }}>
        {Array.from({ length: seen }, (_, index) => {
          const line = first + index + 1;
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

function linesIn(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Where a line begins, from 1. */
function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return offset;
    offset = end + 1;
  }
  return offset;
}
