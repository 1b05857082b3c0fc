import type { Socket } from 'socket.io-client';
import type { MessageBurned, MessageReceipt, MessageReceived } from '../../src/protocol/payloads/chat.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { eventually } from './eventually.js';
import { ask } from '../rig/raw-person.js';
import { BODY, type Pair, type PairListener } from './pair.js';

const READ_AT_ONCE = 100;
const ids = new RandomIds();

export class AshwirePair implements Pair {
  declare listener: PairListener;
  reads = false;
  private readonly unread: number[] = [];
  private incarnation = '';
  private last = 0;
  private burned = 0;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly conversationId: string,
  ) {
    to.on('message:received', (received: MessageReceived) => this.confirm(received));
    to.on('message:burned', ({ messages }: MessageBurned) => {
      this.burned += messages.length;
      for (const _ of messages) this.listener.burned();
    });
    from.on('message:burned', ({ messages }: MessageBurned) => {
      for (const _ of messages) this.listener.burned();
    });
    from.on('message:receipt', ({ kind, messages }: MessageReceipt) => {
      if (kind === 'delivered') for (const _ of messages) this.listener.receipted();
    });
  }

  send(): void {
    const { conversationId } = this;
    const clientMessageId = ids.next();
    const message = { conversationId, clientMessageId, epoch: 1, ciphertext: BODY, burnAfterReadSeconds: 0 };
    this.from.emit('message:send', message, (answer: Answer) => {
      mustBeOk(answer);
      this.listener.accepted();
    });
  }

  /** Reads everything and sees it burn. Returns how many that were. */
  async read(): Promise<number> {
    const { conversationId, incarnation } = this;
    const count = this.unread.length;
    const expected = this.burned + count;
    while (this.unread.length > 0) {
      const seqs = this.unread.splice(0, READ_AT_ONCE);
      await ask(this.to, 'message:read', { conversationId, incarnation, seqs });
    }
    await eventually(() => this.burned === expected, `${expected} messages burned`);
    return count;
  }

  /** A gap or another order would be seen by the sequence. */
  private confirm({ conversationId, incarnation, entry }: MessageReceived): void {
    const { seq } = entry;
    if (this.last > 0 && seq !== this.last + 1) throw new Error(`sequence ${seq} came after ${this.last}`);
    this.last = seq;
    this.incarnation = incarnation;
    this.listener.delivered();
    this.to.emit('message:delivered', { conversationId, incarnation, seqs: [seq] }, mustBeOk);
    if (this.reads) this.to.emit('message:read', { conversationId, incarnation, seqs: [seq] }, mustBeOk);
    else this.unread.push(seq);
  }
}

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

function mustBeOk({ ok, error }: Answer): void {
  if (!ok) throw new Error(`refused: ${error?.code}`);
}
