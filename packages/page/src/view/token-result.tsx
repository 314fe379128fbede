import type { Inspection } from '@fedbridge/trust';
import type { CheckedDocument } from '../engine/check.ts';
import type { ReadToken } from '../engine/token.ts';
import { Document } from './document.tsx';

interface TokenResultProps {
  readonly token: ReadToken;
  readonly documents: readonly CheckedDocument[];
  readonly onUse: (text: string) => void;
}

/** Whether a token is allowed, what it says, and the documents that allow it. */
export function TokenResult({ token, documents, onUse }: TokenResultProps) {
  const tested = documents.filter(({ verdict }) => verdict);
  const { inspection } = token;
  return (
    <section class="token" aria-labelledby="token">
      <h2 id="token">{tested.length === 0 ? 'This token' : whatComesOfIt(tested)}</h2>
      {tested.map(({ address, verdict }, index) => (
        <div key={index} class={verdict?.allowed ? 'allowed' : 'denied'}>
          {tested.length > 1 && <strong>{address || `Document ${index + 1}`}</strong>}
          {verdict?.why.map((line) => (
            <p key={line}>{quoted(line)}</p>
          ))}
        </div>
      ))}
      {inspection ? (
        <>
          <p>
            {inspection.platform}: {inspection.form}.{token.isWhole && timesOf(inspection)}
          </p>
          <details open={documents.length === 0}>
            <summary>Documents that allow it</summary>
            <Suggested title="Trust policy of an AWS role" trust={policyOf(inspection.trust.aws)} onUse={onUse} />
            <Suggested title="Federated credential of Entra" trust={inspection.trust.entra} onUse={onUse} />
          </details>
        </>
      ) : (
        <p>It has no issuer, subject or audience, so nothing can be written for it.</p>
      )}
    </section>
  );
}

/** Whether some document allows a token. */
export function whatComesOfIt(tested: readonly Pick<CheckedDocument, 'verdict'>[]): string {
  const all = tested.map(({ verdict }) => verdict?.allowed);
  return `The token ${all.includes(true) ? 'is allowed' : all.includes(null) ? 'may be denied' : 'is denied'}`;
}

function timesOf({ hasEnded, expires }: Inspection): string {
  return hasEnded ? ` It expired at ${expires}, and is tested as it was before.` : ` It expires at ${expires}.`;
}

function policyOf<Trust extends object>(trust: Trust): object {
  return 'trustPolicy' in trust ? (trust.trustPolicy as object) : trust;
}

function Suggested({
  title,
  trust,
  onUse,
}: {
  readonly title: string;
  readonly trust: object;
  readonly onUse: (text: string) => void;
}) {
  if ('neverMatches' in trust)
    return (
      <p>
        {title}: none. {String(trust.neverMatches)}
      </p>
    );
  const text = JSON.stringify(trust, null, 2);
  return <Document title={title} text={text} actions={[{ label: 'Use it', act: () => onUse(text) }]} />;
}

/** What stands between backquotes as code. */
function quoted(line: string) {
  return line.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
