import { AshwireError } from '../ashwire-error.js';
import { fields, type Shape } from './shape.js';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Below `/api`, starting with a slash. */
  readonly path: string;
  readonly body?: object;
  readonly accessToken?: string;
  /** What the answer must look like. */
  readonly shape?: Shape;
}

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 1_000_000;
const anything = fields({});

/** One HTTP request to the server. Throws AshwireError only: the server's refusal, OFFLINE, TIMEOUT or BAD_ANSWER. */
export class HttpTransport {
  readonly server: string;

  /** @throws AshwireError BAD_ANSWER when `server` is no http(s) address. */
  constructor(
    server: string,
    private readonly fetchFunction: typeof fetch = (...request) => fetch(...request),
  ) {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new AshwireError(
        'BAD_ANSWER',
        {},
        { message: `"${server}" is not the address of a server (http:// or https://).` },
      );
    }
    this.server = (url.origin + url.pathname).replace(/\/+$/, '');
  }

  async request<T>(request: HttpRequest): Promise<T> {
    const { method, path, body, accessToken, shape } = request;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (accessToken !== undefined) headers['authorization'] = `Bearer ${accessToken}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await this.fetchFunction(`${this.server}/api${path}`, {
        method,
        headers,
        // No cookies, no redirect that could carry a token elsewhere, nothing of it in a cache.
        credentials: 'omit',
        redirect: 'error',
        cache: 'no-store',
        signal: timeout,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return this.answerOf<T>(response, await readCapped(response), shape);
    } catch (error) {
      if (error instanceof AshwireError) throw error;
      throw new AshwireError(timeout.aborted ? 'TIMEOUT' : 'OFFLINE', {}, { cause: error });
    }
  }

  private answerOf<T>(response: Response, text: string, shape: Shape | undefined): T {
    const answer = parse(text);
    if (!response.ok) {
      if (response.status >= 502 && response.status <= 504 && !isErrorAnswer(answer))
        throw new AshwireError('UNAVAILABLE');
      throw AshwireError.fromWire((answer as { error?: unknown } | undefined)?.error);
    }
    if (shape && !shape(answer)) throw new AshwireError('BAD_ANSWER');
    return answer as T;
  }
}

const isErrorAnswer = (answer: unknown): boolean => anything(answer) && anything((answer as { error?: unknown }).error);

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A server that answers without end must not fill the memory, so the length is counted while reading. */
async function readCapped(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new AshwireError('ANSWER_TOO_LARGE');
    }
    text += decoder.decode(value, { stream: true });
  }
}
