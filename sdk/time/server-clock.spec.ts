import { describe, expect, it } from '@jest/globals';
import { ManualLocalClock } from './manual-local-clock.fixture.js';
import { ServerClock } from './server-clock.js';

const HOUR = 3_600_000;

describe('ServerClock', () => {
  it('follows the server from its last sample', () => {
    const local = new ManualLocalClock(1_000_000);
    const clock = new ServerClock(local);
    clock.sample(5_000_000);
    local.advance(250);
    expect(clock.now()).toBe(5_000_250);
    expect(clock.offset).toBe(4_000_000);
  });

  it('does not go back when the clock of the device is set back', () => {
    const local = new ManualLocalClock(1_000_000);
    const clock = new ServerClock(local, 500);
    local.advance(1_000);
    local.step(-HOUR);
    expect(clock.now()).toBe(1_001_500);
  });

  it('ignores a step of the device clock while the server is there', () => {
    const local = new ManualLocalClock();
    const clock = new ServerClock(local);
    clock.sample(7_000);
    local.step(HOUR);
    expect(clock.now()).toBe(7_000);
  });

  it('takes the later time without a connection: a device that slept must not lengthen a life', () => {
    const local = new ManualLocalClock();
    const clock = new ServerClock(local);
    clock.sample(7_000);
    clock.disconnected();
    local.step(HOUR);
    expect(clock.now()).toBe(7_000 + HOUR);
  });
});
