/** What the client side saw of one pair. Every number must end up equal. */
export interface PairListener {
  accepted(): void;
  delivered(): void;
  receipted(): void;
  /** Once at either side. */
  burned(): void;
}

/** Two connected people; one writes, the other confirms what it gets. Real socket.io clients on either server. */
export interface Pair {
  listener: PairListener;
  /** The other also reads what it gets, each message at once, and it burns with that. */
  reads: boolean;
  send(): void;
}

/** 600 characters that mean nothing to the server. */
export const BODY = Buffer.alloc(450, 'sealed').toString('base64url');
