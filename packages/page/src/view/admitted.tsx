import { type Admitted, titleOf, type Witness, whomOf } from '@fedbridge/trust';
import type { Standing } from '../engine/check.ts';

const classes: Readonly<Record<Standing, string>> = {
  nobody: 'nobody',
  'only mine': 'mine',
  'named others': 'others',
  'any account': 'anybody',
  anybody: 'anybody',
  'not known': 'others told',
};

/** The class of a reach, by which it has its colour. */
export const classOf = ({ reach }: { readonly reach: Standing }) => classes[reach];

interface AdmittedProps {
  readonly one: Admitted;
  readonly isOpen?: boolean;
  readonly isAsked?: ((name: string) => boolean) | undefined;
}

/** Whom one way in allows. */
export function AdmittedItem({ one, isOpen = false, isAsked }: AdmittedProps) {
  return (
    <li class={classOf(one)}>
      <p>
        <strong>{one.where}</strong>, {titleOf(one.issuer)}: <span class="whom">{whomOf(one)}</span>
      </p>
      {one.isGivenUp && <p class="unread">{one.why}</p>}
      {one.unread.map(({ operator, key, values }) => (
        <p key={`${operator} ${key}`} class="unread">
          not read: <code>{`${operator} ${key} ${values.join(', ')}`}</code>
        </p>
      ))}
      {one.witness && one.reach !== 'only mine' && (
        <details open={isOpen}>
          <summary>For example</summary>
          <Claims witness={one.witness} isAsked={isAsked} />
        </details>
      )}
    </li>
  );
}

interface ClaimsProps {
  readonly witness: Witness;
  /** Which claims a document asks for; all of them without. */
  readonly isAsked?: ((name: string) => boolean) | undefined;
}

const always = ['iss', 'sub', 'aud', 'azp'];

/** What a token says, and what the request must have with it: what matters in sight, and the rest behind it. */
export function Claims({ witness: { claims, request }, isAsked = () => true }: ClaimsProps) {
  const { iat: _, nbf: __, exp: ___, ...lasting } = claims;
  const all = Object.entries(lasting);
  const shown = all.filter(([name]) => always.includes(name) || isAsked(name));
  const more = all.filter((one) => !shown.includes(one));
  return (
    <>
      <ClaimList claims={[...shown, ...Object.entries(request)]} />
      {more.length > 0 && (
        <details>
          <summary>{more.length} more claims</summary>
          <ClaimList claims={more} />
        </details>
      )}
    </>
  );
}

function ClaimList({ claims }: { readonly claims: readonly (readonly [string, unknown])[] }) {
  return (
    <dl class="claims">
      {claims.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether a condition key or an expression of a document names a claim. */
export function asksFor(text: string): (name: string) => boolean {
  return (name) => [`:${name}"`, `:${name}:`, `'${name}'`].some((key) => text.includes(key));
}
