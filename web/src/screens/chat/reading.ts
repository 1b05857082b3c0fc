import { inject, type InjectionKey } from 'vue';
import type { Message } from '../../../../sdk/index.js';
import { isUnread } from '../../stores/messages.store.js';

/** What a log does for its bubbles: it finds out which of them a person has seen. */
export interface Reading {
  observe(end: Element, messageId: string): void;
  forget(end: Element): void;
  markRead(messageId: string): void;
}

export const READING: InjectionKey<Reading> = Symbol('reading');

export function useReading(): Reading {
  const reading = inject(READING);
  if (!reading) throw new Error('a bubble is inside a log');
  return reading;
}

/** It burns at once when it is read: nobody could read it if seeing it were enough. It is shown when asked for. */
export function isShownOnce(message: Message, conversationSeconds: number): boolean {
  return isUnread(message) && Math.min(message.burnAfterReadSeconds, conversationSeconds) === 0;
}
