/** What the client side saw of one pair. Every number must end up equal. */
export interface PairListener {
  accepted(): void;
  delivered(): void;
  receipted(): void;
}

/** Two connected people; one writes, the other confirms what it gets. Real socket.io clients on either server. */
export interface Pair {
  listener: PairListener;
  send(): void;
}

/** 600 characters that mean nothing to the server. */
export const BODY = Buffer.alloc(450, 'sealed').toString('base64url');
