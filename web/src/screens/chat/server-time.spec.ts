import { describe, expect, it } from '@jest/globals';
import { ServerTime } from './server-time.js';

describe('ServerTime', () => {
  it('is the device’s until a server time is heard, then the latest that is known', () => {
    let steady = 100;
    const time = new ServerTime(() => steady, 5_000);
    expect(time.now()).toBe(5_000);
    steady = 200;
    expect(time.now()).toBe(5_100);
    time.observe(3_000);
    expect(time.now()).toBe(3_000);
    steady = 1_200;
    expect(time.now()).toBe(4_000);
  });

  it('does not go back for something that was long under way, or says no time', () => {
    let steady = 0;
    const time = new ServerTime(() => steady, 0);
    time.observe(10_000);
    steady = 1_000;
    time.observe(10_500);
    time.observe(0);
    expect(time.now()).toBe(11_000);
    time.observe(11_200);
    expect(time.now()).toBe(11_200);
  });
});
