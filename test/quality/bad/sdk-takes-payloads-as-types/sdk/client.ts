import { MessageSend } from '../src/protocol/payloads/message.js';

export const payload = new MessageSend();
