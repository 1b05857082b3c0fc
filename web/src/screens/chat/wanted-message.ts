import { shallowRef } from 'vue';

/** A message that was searched for, until its chat has shown it. Not in the address, which the browser keeps. */
export const wantedMessage = shallowRef<{ readonly conversationId: string; readonly id: string }>();
