/**
 * The server's clock, guessed by a page that is only told of messages. Assumption: every time in an event is a moment that
 * has passed at the server when the event arrives, by some milliseconds to some seconds. So each is a lower bound, and the
 * highest one so far is the best. Between events the steady clock of the page goes on; setting the device's clock changes
 * nothing. Before the first event the device's clock is taken for the server's.
 */
export class ServerTime {
  private offset: number;
  private isGuessed = true;

  constructor(
    private readonly steady: () => number,
    wallNow: number,
  ) {
    this.offset = wallNow - steady();
  }

  /** The newest time in something that has just arrived; 0: none. */
  observe(serverTime: number): void {
    if (serverTime <= 0) return;
    const offset = serverTime - this.steady();
    this.offset = this.isGuessed ? offset : Math.max(this.offset, offset);
    this.isGuessed = false;
  }

  now(): number {
    return this.offset + this.steady();
  }
}
