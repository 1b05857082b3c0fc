/** The part of an engine.io socket that this file needs; engine.io does not export its types for it. */
export interface GuardedSocket {
  /** Set by the first CONNECT packet. */
  hasAsked?: true;
  on(event: 'packet', listener: (this: GuardedSocket, packet: { type: string; data?: unknown }) => void): unknown;
  close(discard: boolean): unknown;
  readonly transport: {
    /** Of the `ws` library. */
    readonly socket?: {
      readonly bufferedAmount: number;
      terminate(): void;
      on(event: 'ping', listener: (this: { bufferedAmount: number; terminate(): void }) => void): unknown;
    };
  };
}

const MESSAGE = 'message';
const [CONNECT, BINARY_EVENT, BINARY_ACK] = ['0', '5', '6'];

/**
 * Ends connections that send what this protocol has no use for and the libraries below would answer or gather without a
 * limit, before and after login: more than one CONNECT (each is a token to verify, or an error to write), binary data, and
 * pings of the WebSocket layer from who does not read the pongs. The functions are shared by all connections.
 */
export function packetGuard(slowConsumerBytes: number): (raw: GuardedSocket) => void {
  function onPacket(this: GuardedSocket, { type, data }: { type: string; data?: unknown }): void {
    if (type !== MESSAGE) return;
    const kind = typeof data === 'string' ? data[0] : BINARY_EVENT;
    const isSuperfluous = kind === CONNECT && this.hasAsked === true;
    if (kind === CONNECT) this.hasAsked = true;
    if (isSuperfluous || kind === BINARY_EVENT || kind === BINARY_ACK) this.close(true);
  }
  function onPing(this: { bufferedAmount: number; terminate(): void }): void {
    if (this.bufferedAmount > slowConsumerBytes) this.terminate();
  }
  return (raw) => {
    raw.on('packet', onPacket);
    raw.transport.socket?.on('ping', onPing);
  };
}
