import { ref, shallowRef } from 'vue';
import { useSession } from '../../stores/session.store.js';
import { type StatementRows, withNewest, withOlder } from './statement-line.js';

const PAGE = 30;

/** The statement as far as it was read, newest first. Both calls need a connection. */
export function useStatement() {
  const session = useSession();
  const rows = shallowRef<StatementRows>({ entries: [] });
  const isRead = ref(false);

  async function refresh(): Promise<void> {
    rows.value = withNewest(rows.value, await session.host().api.payments.statement({ limit: PAGE }));
    isRead.value = true;
  }

  async function readMore(): Promise<void> {
    const { nextCursor: cursor } = rows.value;
    if (cursor === undefined) return;
    rows.value = withOlder(rows.value, await session.host().api.payments.statement({ cursor, limit: PAGE }));
  }

  return { rows, isRead, refresh, readMore };
}
