import { SubscribeMessage } from '@nestjs/websockets';
import type { ClientEventName, ClientEvents } from '../../protocol/events.js';
import type { Connection } from './connection.js';

type Handler<E extends ClientEventName> = (
  connection: Connection,
  request: ClientEvents[E]['request'],
) => Promise<Answer<ClientEvents[E]['result']>>;

/** A result without fields is answered by returning nothing. */
type Answer<R> = object extends R ? void : R;

/** A gateway method that answers one event of the protocol; the compiler holds it to the event's request and result. */
export const On =
  <E extends ClientEventName>(event: E) =>
  <M extends Handler<E>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>): void => {
    SubscribeMessage(event)(target, key, descriptor as PropertyDescriptor);
  };
