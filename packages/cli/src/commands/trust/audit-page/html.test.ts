import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Html, html } from './html.ts';

describe('HTML of a template', () => {
  it('has what is put in it as text: no markup, in an element or a quoted attribute', () => {
    const hostile = fc.constantFrom(
      '<script>',
      '</td>',
      '"',
      "'",
      '&',
      '&lt;',
      ' onload=x',
      '-->',
      '\u202e',
      '\u0000',
      'a',
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 9 }), (parts) => {
        const { text } = html`<b title="${parts.join('')}">${parts.join('')}</b>`;
        const [, attribute = '', element = ''] = /^<b title="(.*)">(.*)<\/b>$/.exec(text) ?? [];
        expect(attribute).toBe(element);
        expect(element).not.toMatch(/[<>"'\p{Cc}\p{Cf}]|&(?!amp;|lt;|gt;|quot;|#39;)/u);
      }),
    );
  });

  it('is put as it is, one or several, and so are numbers', () => {
    expect(html`<p>${html`<b>${1}</b>`}${[html`<i>`, html`</i>`]}</p>`).toEqual(new Html('<p><b>1</b><i></i></p>'));
  });

  it('is no page of one name: a text is cut at six hundred characters, and says so', () => {
    expect(html`${'x'.repeat(600)}`.text).toBe('x'.repeat(600));
    expect(html`${'x'.repeat(601)}`.text).toBe(`${'x'.repeat(600)}… (1 more)`);
  });
});
