import { expect, it } from '@jest/globals';
import { registrationPrice } from './registration-price.js';

it('doubles with the load, up to a limit', () => {
  const terms = { cost: 1, baseTries: 50, doublesEvery: 200, maxTries: 5_000, expiresMs: 1 };
  const prices = [0, 100, 200, 400, 10_000, 10_000_000].map((recent) => registrationPrice(terms, recent));
  expect(prices).toEqual([50, 71, 100, 200, 5_000, 5_000]);
});
