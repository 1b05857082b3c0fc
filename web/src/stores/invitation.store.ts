import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router';
import { AshwireError } from '../../../sdk/ashwire-error.js';
import { type InvitationContent, readInvitation } from '../../../sdk/friends/invitation-code.js';
import type { Invitation, OpenInvitation } from '../../../sdk/index.js';
import { usePeople } from './people.store.js';
import { useSession } from './session.store.js';

export interface MadeInvitation extends Invitation {
  /** User ids: whoever is a friend and not among them has come since. */
  readonly friendsBefore: ReadonlySet<string>;
}

/** Invitations that this tab was given or has made. In memory only: who has the text of one can use it. */
export const useInvitation = defineStore('invitation', () => {
  const session = useSession();
  const people = usePeople();
  /** A link, a QR text or a code that waits for the person's decision; longer than a registration takes. */
  const received = ref<string>();
  const made = ref<MadeInvitation[]>([]);
  const open = ref<readonly OpenInvitation[]>([]);
  /** Those that were made elsewhere or before the page was loaded. */
  const others = computed(() =>
    open.value.filter(({ invitationId }) => made.value.every((one) => one.invitationId !== invitationId)),
  );

  /** Undefined also when what was received is no invitation. */
  const content = computed<InvitationContent | undefined>(() => {
    try {
      return received.value === undefined ? undefined : readInvitation(received.value);
    } catch {
      return undefined;
    }
  });

  function keep(text: string): void {
    received.value = text;
  }

  function forget(): void {
    received.value = undefined;
  }

  async function make(): Promise<void> {
    const friendsBefore = new Set(people.friends.keys());
    const invitation = await session.host().api.friends.createInvitation();
    made.value = [{ ...invitation, friendsBefore }, ...made.value];
  }

  /** Needs a connection. */
  async function loadOpen(): Promise<void> {
    open.value = await session.host().api.friends.invitations();
  }

  async function revoke(invitationId: string): Promise<void> {
    try {
      await session.host().api.friends.revokeInvitation(invitationId);
    } catch (error) {
      // Used or expired meanwhile.
      if (AshwireError.from(error).code !== 'NOT_FOUND') throw error;
    }
    made.value = made.value.filter((one) => one.invitationId !== invitationId);
    open.value = open.value.filter((one) => one.invitationId !== invitationId);
  }

  session.on('host', ({ kind }) => {
    if (kind !== 'open') [made.value, open.value] = [[], []];
  });

  return { received, content, made, others, keep, forget, make, loadOpen, revoke };
});

/**
 * A guard of the router, for /invitation#ticket: takes the ticket out of the address bar and the history, into memory, also while
 * an account is still to be registered and no screen of the router is shown.
 */
export function takeTicket({ name, hash }: Pick<RouteLocationNormalized, 'name' | 'hash'>): RouteLocationRaw | true {
  if (name !== 'invitation' || hash === '') return true;
  useInvitation().keep(`${location.origin}/invitation${hash}`);
  return { name: 'invitation', replace: true };
}
