import { randomBytes } from 'node:crypto';

/** Random identifiers: 128 bits, base64url, 22 characters. They carry no time and no order, so they tell nothing about their subject. */
export abstract class Ids {
  abstract next(): string;
}

export class RandomIds extends Ids {
  next(): string {
    return randomBytes(16).toString('base64url');
  }
}
