import { describe, expect, it } from '@jest/globals';
import { AshwireError } from '../ashwire-error.js';
import { ManualLocalClock } from '../time/manual-local-clock.fixture.js';
import { PacedSender } from './paced-sender.js';
import type { EventSender } from './socket-transport.js';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await Promise.resolve();
}

describe('PacedSender', () => {
  it('lets a burst through and spreads the rest below the budget of the server', async () => {
    const clock = new ManualLocalClock();
    let sent = 0;
    const inner = { emit: () => Promise.resolve(void (sent += 1)) } as unknown as EventSender;
    const sender = new PacedSender(inner, clock);
    void Promise.all(Array.from({ length: 60 }, () => sender.emit('presence:list', {})));
    await settle();
    expect(sent).toBe(30);
    for (let tick = 0; tick < 10; tick++) {
      clock.advance(100);
      await settle();
    }
    expect(sent).toBeGreaterThan(40);
    expect(sent).toBeLessThanOrEqual(46);
  });

  it('repeats what came too fast, but not a message: its sender looks at the state first', async () => {
    const clock = new ManualLocalClock();
    const tries: string[] = [];
    const refuse = (event: string) => {
      tries.push(event);
      return tries.length === 1
        ? Promise.reject(new AshwireError('RATE_LIMITED', { retryAfterMs: 300 }))
        : Promise.resolve({});
    };
    const sender = new PacedSender({ emit: refuse }, clock);
    const answer = sender.emit('presence:list', {});
    await settle();
    clock.advance(300);
    await answer;
    expect(tries).toHaveLength(2);
    tries.length = 0;
    const send = sender.emit('message:send', {} as never);
    await expect(send).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(tries).toHaveLength(1);
  });
});
