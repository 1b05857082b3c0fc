/** How often an acknowledgement of socket.io goes missing or comes twice, each from 0 to 1. */
export interface AckFaults {
  readonly drop?: number;
  readonly duplicate?: number;
}

/** engine.io's message, socket.io's ACK. */
const ACK = Buffer.from('43');
const END_OF_HEAD = '\r\n\r\n';
const WHOLE_TEXT = 0x81;

/**
 * Takes apart what a server writes into a WebSocket connection, whatever the pieces it comes in, and gives it back with
 * acknowledgements left out or repeated, each as a whole frame. Everything else passes as it is.
 */
export class AckFrames {
  private buffered = Buffer.alloc(0);
  private isPastHead = false;

  constructor(private readonly random: () => number) {}

  take(chunk: Buffer, faults: AckFaults): Buffer {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    const passed: Buffer[] = [this.head()];
    for (let frame = this.nextFrame(); this.isPastHead && frame; frame = this.nextFrame()) {
      passed.push(...this.afflicted(frame, faults));
    }
    return Buffer.concat(passed);
  }

  private head(): Buffer {
    if (this.isPastHead) return Buffer.alloc(0);
    const end = this.buffered.indexOf(END_OF_HEAD);
    if (end < 0) return Buffer.alloc(0);
    this.isPastHead = true;
    return this.cut(end + END_OF_HEAD.length);
  }

  private nextFrame(): { readonly bytes: Buffer; readonly isAck: boolean } | undefined {
    const { buffered } = this;
    const [first, second] = buffered;
    if (!this.isPastHead || first === undefined || second === undefined) return undefined;
    const header = second === 126 ? 4 : second === 127 ? 10 : 2;
    if (buffered.length < header) return undefined;
    const length =
      second === 126 ? buffered.readUInt16BE(2) : second === 127 ? Number(buffered.readBigUInt64BE(2)) : second;
    if (buffered.length < header + length) return undefined;
    const isAck = first === WHOLE_TEXT && buffered.subarray(header, header + ACK.length).equals(ACK);
    return { bytes: this.cut(header + length), isAck };
  }

  private afflicted(
    { bytes, isAck }: { readonly bytes: Buffer; readonly isAck: boolean },
    faults: AckFaults,
  ): Buffer[] {
    if (!isAck) return [bytes];
    const { drop = 0, duplicate = 0 } = faults;
    const dice = this.random();
    if (dice < drop) return [];
    return dice < drop + duplicate ? [bytes, bytes] : [bytes];
  }

  private cut(length: number): Buffer {
    const bytes = this.buffered.subarray(0, length);
    this.buffered = this.buffered.subarray(length);
    return bytes;
  }
}
