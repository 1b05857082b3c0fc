import type { ErrorCode } from '../../protocol/errors.js';
import { CLIENT_EVENTS, SERVER_EVENTS } from '../../protocol/event-schemas.js';
import type { ClientEventName, ServerEventName } from '../../protocol/events.js';
import {
  ANY_EVENT,
  CLIENT_EVENT_TEXTS,
  HANDSHAKE_REFUSALS,
  INTRODUCTION,
  SERVER_EVENT_TEXTS,
} from './asyncapi-texts.js';
import { errorSchema, errorTable, type Json, schemaRef, schemasFor } from './json-schemas.js';
import { PROTOCOL_VERSION } from './openapi.js';
import type { ConnectStep, EventStep } from './story/steps.js';
import { STORY } from './story/story.js';

interface Example {
  readonly name: string;
  readonly payload: object;
}

const shown = STORY.filter((step) => step.shown);
const connects = shown.filter((step): step is ConnectStep => step.kind === 'connect');
const asked = (event: string) =>
  shown.filter((step): step is EventStep => step.kind === 'event' && step.event === event);

/** The socket protocol, from the tables that the dispatcher and the deliveries work by. */
export function createAsyncApi(): Json {
  const clientEvents = Object.keys(CLIENT_EVENTS) as ClientEventName[];
  const serverEvents = Object.keys(SERVER_EVENTS) as ServerEventName[];
  const messages: Json = {
    [HANDSHAKE]: handshakeMessage(),
    [REFUSED]: refusedMessage(),
    ...Object.fromEntries(clientEvents.flatMap(clientMessages)),
    ...Object.fromEntries(serverEvents.map(serverMessage)),
  };
  const operations: Json = {
    connect: receives(HANDSHAKE, 'Opens a connection', [keyOf('connection:ready'), REFUSED]),
    ...Object.fromEntries(
      clientEvents.map((event) => [
        keyOf(event),
        receives(keyOf(event), CLIENT_EVENT_TEXTS[event].summary, [ackKeyOf(event)]),
      ]),
    ),
    ...Object.fromEntries(serverEvents.map((event) => [keyOf(event), sends(event)])),
  };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Ashwire socket protocol', version: PROTOCOL_VERSION, description: INTRODUCTION + errorTable() },
    defaultContentType: 'application/json',
    servers: {
      server: {
        host: 'chat.example.com',
        pathname: '/socket.io/',
        protocol: 'wss',
        description: 'socket.io 4 (Engine.IO 4), websocket transport only, default namespace.',
      },
    },
    channels: { connection: channel(Object.keys(messages)) },
    operations,
    components: { messages, schemas: schemasFor(messages) },
  };
}

const HANDSHAKE = 'connect';
const REFUSED = 'connect_error';
const keyOf = (event: string): string => event.replace(':', '.');
const ackKeyOf = (event: string): string => `${keyOf(event)}.ack`;

const channel = (messages: readonly string[]): Json => ({
  address: '/socket.io/',
  description: 'One connection of one device. Everything is said on it.',
  bindings: {
    ws: {
      method: 'GET',
      query: {
        type: 'object',
        required: ['EIO', 'transport'],
        properties: { EIO: { type: 'string', const: '4' }, transport: { type: 'string', const: 'websocket' } },
      },
    },
  },
  messages: Object.fromEntries(messages.map((key) => [key, { $ref: `#/components/messages/${key}` }])),
});

const onChannel = (key: string): { $ref: string } => ({ $ref: `#/channels/connection/messages/${key}` });
const CHANNEL = { $ref: '#/channels/connection' };

const receives = (key: string, summary: string, replies: readonly string[]): Json => ({
  action: 'receive',
  channel: CHANNEL,
  summary,
  messages: [onChannel(key)],
  reply: { channel: CHANNEL, messages: replies.map(onChannel) },
});

const sends = (event: ServerEventName): Json => ({
  action: 'send',
  channel: CHANNEL,
  summary: SERVER_EVENT_TEXTS[event],
  messages: [onChannel(keyOf(event))],
});

const message = (name: string, summary: string, payload: Json, examples: readonly Example[]): Json => ({
  name,
  summary,
  payload,
  examples: [...examples],
});

function clientMessages(event: ClientEventName): [string, Json][] {
  const { request, result } = CLIENT_EVENTS[event];
  const { summary, refusals } = CLIENT_EVENT_TEXTS[event];
  const steps = asked(event);
  const requests = steps.map(({ name, request: payload }) => ({ name, payload }));
  const acks = steps.flatMap(({ name, answer }) => (answer ? [{ name, payload: answer }] : []));
  return [
    [keyOf(event), message(event, summary, schemaRef(request.name), requests)],
    [ackKeyOf(event), message(`${event} acknowledged`, 'Its answer', ackSchema(result.name, refusals), acks)],
  ];
}

const ackSchema = (result: string, refusals: readonly ErrorCode[]): Json => ({
  oneOf: [
    closed({ ok: { type: 'boolean', const: true }, data: schemaRef(result) }),
    closed({ ok: { type: 'boolean', const: false }, error: errorSchema([...refusals, ...ANY_EVENT]) }),
  ],
});

const closed = (properties: Json): Json => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
});

function serverMessage(event: ServerEventName): [string, Json] {
  const pushes = shown.flatMap((step) => step.pushes.map((push) => ({ ...push, name: step.name })));
  const examples = pushes.filter((push) => push.event === event).map(({ name, payload }) => ({ name, payload }));
  return [keyOf(event), message(event, SERVER_EVENT_TEXTS[event], schemaRef(SERVER_EVENTS[event].name), examples)];
}

const handshakeMessage = (): Json =>
  message(
    'connect',
    'The socket.io CONNECT packet with its `auth` payload',
    schemaRef('ConnectionAuth'),
    connects.map(({ name, auth }) => ({ name, payload: auth })),
  );

const refusedMessage = (): Json =>
  message(
    'connect_error',
    'The `data` of the client’s `connect_error`',
    errorSchema(HANDSHAKE_REFUSALS),
    connects.flatMap(({ name, refusal }) => (refusal ? [{ name, payload: refusal }] : [])),
  );
