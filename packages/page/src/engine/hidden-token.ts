/**
 * Whether a token stands anywhere in a text: also one that is folded over lines, in quotes or behind marks, or whose letters are encoded, for
 * a URL, in JSON or in HTML.
 */
export function holdsToken(text: string): boolean {
  return decodings(text).some((one) => holdsHeader(one.replace(/[^\w.-]+/g, '')));
}

/** A text, and what it stands for, as often as something is encoded in it, with the numbers of its lines and without. */
export function decodings(text: string): readonly string[] {
  return [text, text.replace(lineNumbers, '')].flatMap(decodingsOf);
}

/** As `cat -n`, `grep -n` and editors have them. */
const lineNumbers = /^[ \t>|+-]{0,20}\d{1,6}(?:[ \t]{0,20}[:.)|\u2502-]|[ \t])[ \t]*/gm;

function decodingsOf(text: string): readonly string[] {
  const all = [text];
  for (let decoded = decodedOnce(text); decoded !== all.at(-1) && all.length <= mostLayers; ) {
    all.push(decoded);
    decoded = decodedOnce(decoded);
  }
  return all;
}

/** Whoever encodes it more often wants it to be sent. */
const mostLayers = 4;

/** Only characters of tokens: of others nothing is made. Sources: RFC 3986, 2.1; RFC 8259, 7; HTML, "Character references"; RFC 2045, 6.7. */
function decodedOnce(text: string): string {
  return text
    .replace(/%([2-7][\da-f])/gi, (_, hex: string) => characterOf(hex))
    .replace(/\\(?:u00|x)([2-7][\da-f])/gi, (_, hex: string) => characterOf(hex))
    .replace(/&#x0{0,6}([2-7][\da-f]);?/gi, (_, hex: string) => characterOf(hex))
    .replace(/&#0{0,6}(\d{2,3});?/g, (_, code: string) =>
      Number(code) < 128 ? String.fromCharCode(Number(code)) : ' ',
    )
    .replace(/=([2-7][\dA-F])/g, (whole, hex: string) => (hex === '3D' ? '=' : whole));
}

const characterOf = (hex: string) => String.fromCharCode(Number.parseInt(hex, 16));

/** `"alg"` in base64, by where it stands. */
const algorithms = ['ImFsZyI', 'JhbGci', 'iYWxnI'];
/** `{"`, and `{` with a blank or a line break. */
const beginnings = ['eyJ', 'eyA', 'ewo', 'ew0', 'ewk'];

/** Whether somewhere a header that names its algorithm is followed by a dot and more. Source: RFC 7515, 7.1. */
function holdsHeader(compact: string): boolean {
  const parts = compact.split('.');
  return parts.some((part, index) => {
    const algorithm = Math.max(...algorithms.map((one) => part.lastIndexOf(one)));
    const isHeader = algorithm >= 0 && beginnings.some((one) => part.lastIndexOf(one, algorithm) >= 0);
    return isHeader && /^[\w-]{8}/.test(parts[index + 1] ?? '');
  });
}
