import type { ErrorCode } from '../../../protocol/errors.js';
import type { ClientEventName, ClientEvents, ServerEventName, ServerEvents } from '../../../protocol/events.js';

export type PersonName = 'alice' | 'bob' | 'carol' | 'olga';

/** What the server pushes to a person because of a step. */
export interface Push {
  readonly to: PersonName;
  readonly event: ServerEventName;
  readonly payload: object;
}

interface StepBase {
  readonly name: string;
  readonly pushes: readonly Push[];
  /** False: the story needs it, the documents do not show it. */
  readonly shown: boolean;
}

export interface HttpStep extends StepBase {
  readonly kind: 'http';
  /** Method and path template, as in the document. */
  readonly operation: string;
  readonly as: PersonName | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly request?: object;
  readonly status: number;
  readonly answer?: object;
}

export interface EventStep extends StepBase {
  readonly kind: 'event';
  readonly as: PersonName;
  readonly event: ClientEventName;
  readonly request: object;
  /** Absent: the client gives no acknowledgement callback. */
  readonly answer?: object;
}

export interface ConnectStep extends StepBase {
  readonly kind: 'connect';
  readonly as: PersonName;
  readonly auth: { readonly token: string };
  /** What `connect_error` brings, when the server refuses. */
  readonly refusal?: object;
}

export interface DisconnectStep extends StepBase {
  readonly kind: 'disconnect';
  readonly as: PersonName;
}

export type Step = HttpStep | EventStep | ConnectStep | DisconnectStep;

type HttpFields = Pick<HttpStep, 'operation' | 'as' | 'status'> & Partial<HttpStep>;

export const http = (name: string, fields: HttpFields): HttpStep => ({
  kind: 'http',
  name,
  pushes: [],
  shown: true,
  parameters: {},
  ...fields,
});

interface EventFields<E extends ClientEventName> {
  readonly as: PersonName;
  readonly event: E;
  readonly request: ClientEvents[E]['request'];
  readonly data: ClientEvents[E]['result'];
  readonly pushes?: readonly Push[];
  readonly shown?: boolean;
}

/** An event and its acknowledgement. */
export const asks = <E extends ClientEventName>(
  name: string,
  { as, event, request, data, pushes = [], shown = true }: EventFields<E>,
): EventStep => ({ kind: 'event', name, as, event, request, pushes, shown, answer: { ok: true, data } });

export const push = <E extends ServerEventName>(to: PersonName, event: E, payload: ServerEvents[E]): Push => ({
  to,
  event,
  payload,
});

export const refusal = (code: ErrorCode, message: string, details: object = {}): object => ({
  error: { code, message, details },
});
