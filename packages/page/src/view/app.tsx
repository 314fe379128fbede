import { useEffect, useState } from 'preact/hooks';
import { fragmentOf, isShareable, longestFragment, longestShared, noToken, type Shared, sharedIn } from '../address.ts';
import type { Engine } from '../worker.ts';
import { CheckView } from './check-view.tsx';
import { CompareView } from './compare-view.tsx';
import { type Change, emptyState, type State } from './state.ts';
import { Tabs } from './tabs.tsx';
import { WriteView } from './write-view.tsx';

const views = { check: 'Who is allowed', compare: 'Compare', write: 'Write' } as const;

/** The whole page. What it shows is in its address, for whoever gets that. */
export function App({ engine }: { readonly engine: Engine }) {
  const [state, setState] = useState(emptyState);
  const [said, setSaid] = useState('');
  const change: Change = (part) => setState((before) => ({ ...before, ...part }));
  useEffect(() => {
    const read = async () => {
      if (location.hash.length < 2) return;
      const shared = await sharedIn(location.hash);
      if (shared) setState({ ...emptyState, ...shared });
      setSaid(shared ? ofSender(shared) : 'This address carries no document that can be read.');
    };
    void read();
    // A file that is dropped beside a field would take the place of the page.
    const stay = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    addEventListener('hashchange', read);
    addEventListener('dragover', stay);
    addEventListener('drop', stay);
    return () => {
      removeEventListener('hashchange', read);
      removeEventListener('dragover', stay);
      removeEventListener('drop', stay);
    };
  }, []);
  const props = { engine, state, change };
  return (
    <>
      <header>
        <h1>
          Fedbridge <span>Who is allowed by a trust policy or federated credential?</span>
        </h1>
        <Tabs label="What to do" tabs={views} current={state.view} onChange={(view) => change({ view })} />
        <Share state={state} />
        <p role="status" class="said">
          {said}
        </p>
      </header>
      <main>
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${state.view}`}>
          {state.view === 'check' && <CheckView {...props} />}
          {state.view === 'compare' && <CompareView {...props} />}
          {state.view === 'write' && <WriteView {...props} />}
        </div>
      </main>
      <footer>
        <p>
          Nothing leaves this page: it is one file, and its Content-Security-Policy allows it no connection. Who is
          allowed is decided by the same code as <code>fedbridge trust who</code>.
        </p>
      </footer>
    </>
  );
}

/** Who is ours is for whoever reads to say, and an address comes from somebody else. */
function ofSender({ mine }: Shared): string {
  return mine === '' ? '' : `Whoever made this address says that these are yours: ${mine}. Change it if they are not.`;
}

const tooLong = 'This is too long for an address: send the file.';

/** An address that carries the documents. */
function Share({ state }: { readonly state: State }) {
  const [said, setSaid] = useState('');
  useEffect(() => setSaid(''), [state.text, state.before, state.mine]);
  const share = async () => {
    if (state.text.length + state.before.length + state.mine.length > longestShared) return setSaid(tooLong);
    if (![state.text, state.before, state.mine].every(isShareable)) return setSaid(noToken);
    const fragment = await fragmentOf(state);
    if (fragment.length > longestFragment) return setSaid(tooLong);
    history.replaceState(null, '', fragment);
    try {
      await navigator.clipboard.writeText(location.href);
      setSaid('Copied. It carries the documents and who is yours, and no token.');
    } catch {
      setSaid('The address of this page carries the documents now.');
    }
  };
  return (
    <div class="share">
      <button type="button" onClick={share} disabled={state.text === '' && state.before === ''}>
        Copy address
      </button>
      <p role="status">{said}</p>
    </div>
  );
}
