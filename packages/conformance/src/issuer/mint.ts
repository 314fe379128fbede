import { randomUUID } from 'node:crypto';
import type { ConformanceCase } from '../cases/case.ts';
import type { IssuerName } from '../cases/issuers.ts';
import type { Form, Members, TokenSpec } from '../cases/token.ts';
import { ordinarySubject, type Trust, trusts, usualClaims } from '../cases/trusts.ts';
import { encryptedClaims } from './encrypted.ts';
import { jwkOf, type SuiteKeys } from './keys.ts';
import { filled, lookAlikes, type Placeholders } from './placeholders.ts';
import { algorithmName, signatureOf } from './signatures.ts';

/** What tokens are made with. */
export interface Mint {
  readonly keys: SuiteKeys;
  /** An issuer as the server under test names it. */
  url(issuer: IssuerName): string;
  /** Whom the tokens are for. */
  readonly audience: string;
  /** A certificate of the stranger's key by itself, DER in Base64. */
  readonly certificate: string;
}

/** @param now - seconds since 1970-01-01 UTC */
export function mintToken({ trust, token }: Pick<ConformanceCase, 'trust' | 'token'>, mint: Mint, now: number): string {
  const named: Trust = trusts[trust];
  const placeholders = placeholdersFor(named, mint, now);
  const key = mint.keys[token.key ?? 'first'];
  const signing = token.signing ?? 'RS256';
  const header = jsonOf(
    { typ: 'JWT', alg: algorithmName(signing), kid: key.kid, ...token.header },
    { ...token, without: token.headerWithout ?? [], escaped: [], second: token.twice?.header },
    placeholders,
  );
  const claims = jsonOf(
    { ...ordinaryClaims(named, now), ...timesOf(token, now), ...token.claims },
    {
      ...token,
      without: (token.without ?? []).filter((name) => token.claims?.[name] === undefined),
      second: token.twice?.claims,
    },
    placeholders,
  );
  const published = mint.keys.first;
  return written({ header, claims }, token.form, (content) => signatureOf(content, signing, { key, published }), mint);
}

/** The token that a trust is there for. */
export function mintOrdinary(trust: ConformanceCase['trust'], mint: Mint, now: number): string {
  return mintToken({ trust, token: {} }, mint, now);
}

function ordinaryClaims(trust: Trust, now: number): Members {
  return {
    iss: '{issuer}',
    sub: ordinarySubject(trust),
    aud: '{audience}',
    iat: now - 5,
    nbf: now - 5,
    exp: now + 300,
    jti: randomUUID(),
    ...usualClaims[trust.platform],
    ...trust.token,
  };
}

function timesOf({ times = {} }: TokenSpec, now: number): Members {
  return Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, now + seconds]));
}

function placeholdersFor({ issuer }: Trust, mint: Mint, now: number): Placeholders {
  const url = mint.url(issuer);
  const values = new Map<string, unknown>([
    ['issuer', url],
    ['authority', new URL(url).host],
    ['stranger', mint.url('stranger')],
    ['audience', mint.audience],
    ['jwk:stranger', jwkOf(mint.keys.stranger)],
    ['certificate:stranger', mint.certificate],
    ...Object.entries(mint.keys).map(([name, { kid }]) => [`kid:${name}`, kid] as const),
    ...Object.entries(lookAlikes).flatMap(
      ([how, change]) =>
        [
          [`issuer:${how}`, change(url)],
          [`audience:${how}`, change(mint.audience)],
        ] as const,
    ),
  ]);
  return { now, values };
}

interface Writing {
  readonly without: readonly string[];
  readonly escaped?: readonly string[];
  /** Members that are written again. */
  readonly second: Members | undefined;
  readonly twice?: TokenSpec['twice'];
}

/** A JSON object, some members of which stand in it twice, or in another spelling. */
function jsonOf(
  members: Members,
  { without, escaped = [], second, twice }: Writing,
  placeholders: Placeholders,
): string {
  const pairs = (object: Members) =>
    Object.entries(object)
      .filter(([name, value]) => value !== undefined && !(object === members && without.includes(name)))
      .map(([name, value]) => {
        const json = JSON.stringify(filled(value, placeholders));
        return `${JSON.stringify(name)}:${escaped.includes(name) ? withEscapes(json) : json}`;
      });
  const again = second ? pairs(second) : [];
  const all = twice?.where === 'before' ? [...again, ...pairs(members)] : [...pairs(members), ...again];
  return `{${all.join(',')}}`;
}

/** Each letter and digit as an escape. Source: RFC 8259, 7. */
const withEscapes = (json: string) =>
  json.replace(/[A-Za-z0-9]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

interface Parts {
  readonly header: string;
  readonly claims: string;
}
type Sign = (content: Buffer) => Buffer;

const base64url = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64url');

function compact(header: string | Buffer, claims: string | Buffer, sign: Sign): readonly [string, string, string] {
  const parts = [base64url(header), base64url(claims)] as const;
  return [...parts, base64url(sign(Buffer.from(parts.join('.'))))];
}

/** The text of a token. */
function written({ header, claims }: Parts, form: Form | undefined, sign: Sign, mint: Mint): string {
  const whole = compact(header, claims, sign);
  const [first, second, third] = whole;
  const signed = (otherClaims: string | Buffer, otherHeader: string | Buffer = header) =>
    compact(otherHeader, otherClaims, sign).join('.');
  const bytes = Buffer.from(third, 'base64url');
  switch (form) {
    case undefined:
      return whole.join('.');
    case 'without signature':
      return `${first}.${second}.`;
    case 'two parts':
      return `${first}.${second}`;
    case 'four parts':
      return `${whole.join('.')}.${third}`;
    case 'empty':
      return '..';
    case 'padded':
      return whole.map((part) => part.padEnd(Math.ceil(part.length / 4) * 4, '=')).join('.');
    case 'standard alphabet':
      return `${first}.${second}.${bytes.toString('base64').replace(/=+$/, '')}`;
    case 'line break':
      return `${first}.${second}.${third.slice(0, 64)}\n${third.slice(64)}`;
    case 'space before the signature':
      return `${first}.${second}. ${third}`;
    case 'claims changed':
      return `${first}.${base64url(claims.replace('}', ',"admin":true}'))}.${third}`;
    case 'header changed':
      return `${base64url(header.replace('}', ',"cty":"x"}'))}.${second}.${third}`;
    case 'signature cut':
      return `${first}.${second}.${base64url(bytes.subarray(0, -1))}`;
    case 'signature one byte longer':
      return `${first}.${second}.${base64url(Buffer.concat([Buffer.alloc(1), bytes]))}`;
    case 'JSON serialization':
      return JSON.stringify({ payload: second, protected: first, signature: third });
    case 'encrypted':
      return encryptedClaims(claims, mint.keys.first);
    case 'claims as a list':
      return signed(`[${claims}]`);
    case 'claims as a text':
      return signed(JSON.stringify(claims));
    case 'claims cut':
      return signed(claims.slice(0, -1));
    case 'claims with text behind':
      return signed(`${claims}{}`);
    case 'claims in UTF-16':
      return signed(Buffer.from(claims, 'utf16le'));
    case 'claims in invalid UTF-8':
      return signed(withInvalidUtf8(claims));
    case 'header as a list':
      return signed(claims, `[${header}]`);
    case 'header in invalid UTF-8':
      return signed(claims, withInvalidUtf8(header));
  }
}

/** With one more member, whose text no character has. */
function withInvalidUtf8(json: string): Buffer {
  return Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":"`), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
}
