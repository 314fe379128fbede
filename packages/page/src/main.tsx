import { render } from 'preact';
import { App } from './view/app.tsx';
import { Engine, serve } from './worker.ts';

// One script for both: the worker is made of the text that made the page.
if (typeof document === 'undefined') serve();
else {
  const engine = new Engine(document.currentScript?.textContent ?? '');
  const root = document.getElementById('page');
  if (root) {
    root.replaceChildren();
    render(<App engine={engine} />, root);
  }
}
