/** So many characters of a secret in a row are hidden: a text may be cut, or have a secret in lines. */
const shortestPiece = 16;

/**
 * Hides secrets in texts that came from elsewhere, before they are encoded for where they go: a platform's own masking knows a secret
 * only as it is.
 */
export class Masking {
  readonly #secrets = new Set<string>();

  add(secret: string): void {
    if (secret !== '') this.#secrets.add(secret);
  }

  /** The text without the secrets as they are: for texts of our own. */
  hideWhole(text: string): string {
    return [...this.#secrets].reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }

  /** The text without the secrets, nor pieces of them, nor either of them encoded: for texts of others. */
  hide(text: string): string {
    const hidden = new Uint8Array(text.length);
    for (const form of new Set([...this.#secrets].flatMap(formsOf))) {
      if (form.length < shortestPiece) mark(hidden, text, form);
      else for (const piece of piecesOf(form, text)) mark(hidden, text, piece);
    }
    let shown = '';
    for (let at = 0; at < text.length; at += 1) {
      if (!hidden[at]) shown += text[at];
      else if (!hidden[at - 1]) shown += '***';
    }
    return shown;
  }
}

/** A secret as it is and as it stands in a URL, in JSON, in HTML, and in Base64 wherever it begins there. */
function formsOf(secret: string): string[] {
  const entities = secret.replace(/[^A-Za-z\d]/gu, (character) => `&#${character.codePointAt(0)};`);
  const html = secret.replace(/[&<>"']/g, (character) => `&${names[character]};`);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    encodeURIComponent(secret),
    json,
    json.replaceAll('/', '\\/'),
    html,
    entities,
    ...(secret.length < shortestPiece ? [] : [0, 1, 2].flatMap((before) => base64(secret, before))),
  ];
}

const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };

/** Without the characters that what stands before and after would change. @param before - bytes that stand before it */
function base64(secret: string, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
  const text = whole.slice(before === 0 ? 0 : 4);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Pieces of a form, each of the shortest length, that are in the text. */
function* piecesOf(form: string, text: string): Generator<string> {
  const inText = new Set<string>();
  for (let at = 0; at + shortestPiece <= text.length; at += 1) inText.add(text.slice(at, at + shortestPiece));
  for (let at = 0; at + shortestPiece <= form.length; at += 1) {
    const piece = form.slice(at, at + shortestPiece);
    if (inText.has(piece)) yield piece;
  }
}

function mark(hidden: Uint8Array, text: string, piece: string): void {
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) hidden.fill(1, at, at + piece.length);
}
