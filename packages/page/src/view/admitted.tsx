import { type Admitted, titleOf, type Witness, whomOf } from '@fedbridge/trust';
import type { Standing } from '../engine/check.ts';

const classes: Readonly<Record<Standing, string>> = {
  nobody: 'nobody',
  'only mine': 'mine',
  'named others': 'others',
  'any account': 'anybody',
  'not known': 'others told',
};

/** The class of a reach, by which it has its colour. */
export const classOf = ({ reach }: { readonly reach: Standing }) => classes[reach];

/** Whom one way in allows. */
export function AdmittedItem({ one, isOpen = false }: { readonly one: Admitted; readonly isOpen?: boolean }) {
  return (
    <li class={classOf(one)}>
      <p>
        <strong>{one.where}</strong>, {titleOf(one.issuer)}: <span class="whom">{whomOf(one)}</span>
      </p>
      {one.unread.map(({ operator, key, values }) => (
        <p key={`${operator} ${key}`} class="unread">
          not read: <code>{`${operator} ${key} ${values.join(', ')}`}</code>
        </p>
      ))}
      {one.witness && one.reach !== 'only mine' && (
        <details open={isOpen}>
          <summary>For example</summary>
          <Claims witness={one.witness} />
        </details>
      )}
    </li>
  );
}

/** What a token says, and what the request must have with it. */
export function Claims({ witness: { claims, request } }: { readonly witness: Witness }) {
  const { iat: _, nbf: __, exp: ___, ...lasting } = claims;
  return (
    <dl class="claims">
      {Object.entries({ ...lasting, ...request }).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
