import { beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../shared/ids.js';
import type { Presence } from './presence.port.js';

/** What every Presence does. */
export function describePresenceContract(create: () => Promise<Presence>): void {
  describe('Presence', () => {
    const ids = new RandomIds();
    let presence: Presence;
    let user: string;

    beforeEach(async () => {
      presence = await create();
      user = ids.next();
    });

    it('is online from the first connection to the last', async () => {
      expect(await presence.listOnline([user])).toEqual([]);
      expect(await presence.connected(user, 'a')).toBe(true);
      expect(await presence.connected(user, 'b')).toBe(false);
      expect(await presence.disconnected(user, 'a')).toBe(false);
      expect(await presence.listOnline([user])).toEqual([user]);
      expect(await presence.disconnected(user, 'b')).toBe(true);
      expect(await presence.listOnline([user])).toEqual([]);
    });

    it('says "first" once to concurrent connections, and "last" once', async () => {
      const connections = Array.from({ length: 10 }, () => ids.next());
      const opened = await Promise.all(connections.map((id) => presence.connected(user, id)));
      expect(opened.filter(Boolean)).toHaveLength(1);
      const closed = await Promise.all(connections.map((id) => presence.disconnected(user, id)));
      expect(closed.filter(Boolean)).toHaveLength(1);
    });

    it('ignores connections that it does not know', async () => {
      expect(await presence.disconnected(user, 'never')).toBe(false);
      await presence.connected(user, 'a');
      expect(await presence.disconnected(user, 'never')).toBe(false);
      expect(await presence.listOnline([user])).toEqual([user]);
    });

    it('lists only those asked for', async () => {
      const other = ids.next();
      await presence.connected(user, 'a');
      await presence.connected(other, 'b');
      expect(await presence.listOnline([other, ids.next()])).toEqual([other]);
    });
  });
}
