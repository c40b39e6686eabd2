import type { JsonValue } from '../../src/domain/json.ts';
import type { Salesforce } from '../simulators/salesforce/index.ts';

/** An answer of the simulated Salesforce, as it came. */
export interface SalesforceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer; an empty object when it has none. */
  readonly body: JsonValue;
  /** Of the first error, whether of the request or of its first row. */
  readonly code: string | undefined;
}

/** Asks with a session of its own: `ask('POST /sobjects/Lead', {…})`, below `/services/data/v66.0`. */
export interface SalesforceSession {
  readonly token: string;
  ask(line: string, body?: JsonValue, headers?: Readonly<Record<string, string>>): Promise<SalesforceAnswer>;
  /** `GET /query?q=…` */
  query(soql: string): Promise<SalesforceAnswer>;
  /** `GET /search?q=…` */
  search(sosl: string): Promise<SalesforceAnswer>;
}

export async function openSession(salesforce: Salesforce): Promise<SalesforceSession> {
  const { clientId, clientSecret } = salesforce;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const { body } = await askForToken(salesforce, form);
  const { access_token: token } = body as unknown as { readonly access_token: string };
  const ask: SalesforceSession['ask'] = async (line, sent, headers = {}) => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const response = await fetch(
      `${salesforce.url}${path.startsWith('/services/') ? '' : '/services/data/v66.0'}${path}`,
      {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
        ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
      },
    );
    return readAnswer(response);
  };
  return {
    token,
    ask,
    query: (soql) => ask(`GET /query?q=${encodeURIComponent(soql)}`),
    search: (sosl) => ask(`GET /search?q=${encodeURIComponent(sosl)}`),
  };
}

export async function askForToken(
  salesforce: Salesforce,
  form: Readonly<Record<string, string>>,
): Promise<SalesforceAnswer> {
  return readAnswer(
    await fetch(`${salesforce.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) }),
  );
}

async function readAnswer(response: Response): Promise<SalesforceAnswer> {
  const text = await response.text();
  const body = readJson(text);
  return { status: response.status, headers: response.headers, text, body, code: codeOf(body) };
}

interface ErrorLike {
  readonly error?: string;
  readonly errorCode?: string;
  readonly errors?: readonly { readonly statusCode?: string }[];
}

function codeOf(body: JsonValue): string | undefined {
  const rows = [body].flat() as readonly (ErrorLike | null)[];
  return rows.flatMap((row) => row?.errorCode ?? row?.errors?.[0]?.statusCode ?? row?.error ?? []).at(0);
}

function readJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return {};
  }
}
