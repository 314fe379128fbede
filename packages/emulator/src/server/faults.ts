/** What goes wrong with a request instead of its answer, or before it. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Waits in real ms, then answers as usual. */
  | { readonly delayMs: number }
  /** The connection is reset. */
  | { readonly drop: 'before-headers' | 'after-headers' | 'mid-body' }
  /** A body that never ends, a byte in so many real ms. */
  | { readonly dripMs: number }
  /** The usual answer under another content type, or its text in another encoding than it says. */
  | { readonly contentType: string }
  | { readonly encoding: 'utf16le' }
  | { readonly redirect: string };

/** Which requests are hit. */
export interface FaultRule {
  /** As recorded requests name it. */
  readonly service: string;
  readonly method?: string;
  /** The whole path, or a pattern that it must match; the query is not looked at. */
  readonly path?: string | RegExp;
  /** A text that the body must hold, such as an action of STS. */
  readonly body?: string;
  /** How often; by default once. */
  readonly times?: number;
  readonly fault: Fault;
}

/** The rules by which requests go wrong, in the order they were added. */
export class Faults {
  readonly #rules: { rule: FaultRule; left: number }[] = [];

  /** Adds a rule. @returns a function that takes it away again */
  inject(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? 1 };
    this.#rules.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  /** The fault for this request, the oldest rule first, and one less of it to come. */
  take(request: FaultableRequest): Fault | undefined {
    const entry = this.#rules.find(({ rule, left }) => left > 0 && hits(rule, request));
    if (!entry) return undefined;
    entry.left -= 1;
    return entry.rule.fault;
  }
}

interface FaultableRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

function hits(rule: FaultRule, { service, method, path, body }: FaultableRequest): boolean {
  if (rule.service !== service) return false;
  if (rule.method !== undefined && rule.method !== method) return false;
  if (rule.body !== undefined && !body.includes(rule.body)) return false;
  if (rule.path === undefined) return true;
  return typeof rule.path === 'string' ? rule.path === path : rule.path.test(path);
}
