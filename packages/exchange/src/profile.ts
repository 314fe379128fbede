import type { Template } from './template.ts';

/**
 * How an ID token is exchanged at a kind of relying party, as data: it goes to another process as it is. In its texts `{name}` stands for
 * the value of that name: an input of the user's, `idToken` for the job's ID token, `token` for what the request before gave.
 */
export interface Profile {
  /** As users choose it. */
  readonly name: string;
  /** The service, as messages name it. */
  readonly title: string;
  /** Values where the user gives none; each may name others that stand before it. */
  readonly usual?: Readonly<Record<string, Template>>;
  /** Whom the ID token is asked for, where the platform lets one choose. */
  readonly audience?: string;
  /** Who the job is afterwards: the first of these that can be filled. */
  readonly who: readonly string[];
  /** Requests in their order; what the last of them gives is delivered. */
  readonly exchange: readonly TokenRequest[];
  /** Has the token that there is live on, in the place of a new exchange. */
  readonly renew?: TokenRequest;
  /** Ends the token before its time. */
  readonly revoke?: RevokeRequest;
  /** Reads what the token opens. */
  readonly secrets?: ServiceRequest;
  /** What later steps find, beside the outputs. */
  readonly delivers?: Delivery;
}

/** One request to a service. */
export interface ServiceRequest {
  /** Whom it goes to, as messages name it. */
  readonly to: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Begins with the value that is an address: `{tokenUrl}`. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body: a form, or JSON. Members whose value is not there are left out. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: Template;
  /** What is missing on the other side when it denies. */
  readonly denied?: Denied;
}

/** A request whose answer has a token. Members of the answer are named by their path: `auth.client_token`. */
export interface TokenRequest extends ServiceRequest {
  /** The value without which it is left out. */
  readonly needs?: string;
  readonly gives: {
    readonly token: string;
    /** The member that says for how many seconds the token is valid. */
    readonly seconds?: string;
    /** The member that says until when, as ISO 8601. */
    readonly until?: string;
    /** For how many seconds it is, where the answer does not say. */
    readonly lifetime?: number;
    /** The member that must say that whoever bears the token may use it. */
    readonly type?: string;
  };
}

/** A request that ends a token. */
interface RevokeRequest extends ServiceRequest {
  /** What is answered of a token that has ended already: one of these, where a status says it of others too. */
  readonly ended: { readonly status: number; readonly says?: readonly string[] };
  /** What is said of a token that nobody can end. */
  readonly cannot?: string;
}

/** What a denial is explained with. */
interface Denied {
  /** What to do; `{name}` is the name of an input here. */
  readonly hint: string;
  /** What would allow this job; beside the values, `{issuer}`, `{subject}` and `{audience}` of the ID token. */
  readonly document: Template;
}

/** What later steps of the job find. Each part is delivered if the value that `if` names is true. */
export interface Delivery {
  /** A file that leads clients to the ID token: `{idTokenSource}`. Its path is the value `credentialsFile`. */
  readonly file?: { readonly if: string; readonly json: Template };
  readonly variables?: { readonly if: string; readonly set: Readonly<Record<string, string>> };
  readonly secretVariables?: { readonly if: string; readonly set: Readonly<Record<string, string>> };
}
