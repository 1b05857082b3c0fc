import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../shared/ids.js';
import type { Delivery } from './delivery.port.js';

/** What a connected client saw: the events in order of arrival, and whether it was closed. */
export interface ObservedClient {
  readonly sessionId: string;
  readonly events: readonly { readonly event: string; readonly payload: unknown }[];
  readonly closed: boolean;
}

export interface DeliveryUnderTest {
  readonly delivery: Delivery;
  /** Connects a client of the user over a real socket. */
  connect(userId: string): Promise<ObservedClient>;
  close(): Promise<void>;
}

/** What every Delivery does. */
export function describeDeliveryContract(create: () => Promise<DeliveryUnderTest>): void {
  describe('Delivery', () => {
    const ids = new RandomIds();
    let rig: DeliveryUnderTest;

    const eventually = async (holds: () => boolean): Promise<void> => {
      for (const end = Date.now() + 5_000; !holds();) {
        if (Date.now() > end) throw new Error('did not happen within 5 s');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const low = (available: number) => ({ event: 'key-packages:low', payload: { available } });

    beforeEach(async () => {
      rig = await create();
    });

    afterEach(() => rig.close());

    it('reaches every connection of the user and nobody else', async () => {
      const [user, other] = [ids.next(), ids.next()];
      const clients = await Promise.all([rig.connect(user), rig.connect(user)]);
      const stranger = await rig.connect(other);
      rig.delivery.toUser(user, 'key-packages:low', { available: 1 });
      rig.delivery.toUser(other, 'key-packages:low', { available: 2 });
      await eventually(() => clients.every(({ events }) => events.length === 1) && stranger.events.length === 1);
      expect(clients.map(({ events }) => events)).toEqual([[low(1)], [low(1)]]);
      expect(stranger.events).toEqual([low(2)]);
    });

    it('keeps the order of the calls', async () => {
      const user = ids.next();
      const client = await rig.connect(user);
      const numbers = Array.from({ length: 200 }, (_, i) => i);
      for (const available of numbers) rig.delivery.toUser(user, 'key-packages:low', { available });
      await eventually(() => client.events.length === numbers.length);
      expect(client.events).toEqual(numbers.map(low));
    });

    it('does nothing for who is not connected', () => {
      expect(() => rig.delivery.toUser(ids.next(), 'key-packages:low', { available: 1 })).not.toThrow();
      expect(() => rig.delivery.closeUser(ids.next(), 'SESSION_REVOKED', 'login')).not.toThrow();
    });

    it('tells one session why, closes it and leaves the others open', async () => {
      const user = ids.next();
      const [gone, stays] = await Promise.all([rig.connect(user), rig.connect(user)]);
      rig.delivery.closeSession(gone.sessionId, 'SESSION_REVOKED', 'login');
      await eventually(() => gone.closed);
      expect(gone.events).toEqual([
        { event: 'connection:closing', payload: { code: 'SESSION_REVOKED', action: 'login' } },
      ]);
      rig.delivery.toUser(user, 'key-packages:low', { available: 1 });
      await eventually(() => stays.events.length === 1);
      expect(stays.closed).toBe(false);
    });

    it('closes all connections of a user', async () => {
      const user = ids.next();
      const clients = await Promise.all([rig.connect(user), rig.connect(user)]);
      const stranger = await rig.connect(ids.next());
      rig.delivery.closeUser(user, 'DEVICE_REPLACED', 'stop');
      await eventually(() => clients.every(({ closed }) => closed));
      expect(stranger.closed).toBe(false);
    });
  });
}
