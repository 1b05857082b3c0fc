import type { MessageSend } from '../src/protocol/payloads/message.js';

export type Allowed = MessageSend;
