import { z } from 'zod';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { verifiedWebhookId, webhookHeaders } from '../funding/webhook-signature.js';
import {
  PaymentProvider,
  type ReceivedCallback,
  type StartedTopUp,
  type StartedWithdrawal,
  type TopUpStart,
  type WithdrawalStart,
} from '../ports/payment-provider.port.js';

export interface WebhookProviderOptions {
  /** Where requests go. */
  readonly url: string;
  /** Base64, shared with the provider; signs both ways. */
  readonly key: string;
  /** Where the provider reports to. */
  readonly callbackUrl: string;
  readonly timeoutMs?: number;
}

const ANSWER_BYTES = 64 * 1024;

/** Whoever pays will open it, so nothing but a web page. */
const answerSchema = z.object({
  payAt: z
    .url({ protocol: /^https$/ })
    .max(2_000)
    .optional(),
});

/**
 * Tells a service of the operator what to do and believes what it calls back, both signed. The types of the requests are not
 * those of callbacks: a request that is sent back to us is not a report.
 */
export class WebhookPaymentProvider extends PaymentProvider {
  constructor(
    private readonly options: WebhookProviderOptions,
    private readonly clock: Clock,
  ) {
    super();
  }

  async startTopUp({ topUpId, ...money }: TopUpStart): Promise<StartedTopUp> {
    const { payAt } = await this.ask('top-up.requested', topUpId, money, async (response) =>
      answerSchema.parse(JSON.parse((await cappedText(response)) || '{}')),
    );
    return { settled: false, ...(payAt !== undefined && { payAt }) };
  }

  async startWithdrawal({ withdrawalId, ...money }: WithdrawalStart): Promise<StartedWithdrawal> {
    // Taken is taken, whatever else it says.
    await this.ask('withdrawal.requested', withdrawalId, money, async (response) => response.body?.cancel());
    return { settled: false };
  }

  authenticate(callback: ReceivedCallback): string {
    const eventId = verifiedWebhookId(this.options.key, callback, this.clock.now());
    if (eventId === undefined) throw new DomainError('CALLBACK_INVALID');
    return eventId;
  }

  private async ask<T>(
    type: string,
    reference: string,
    money: object,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { url, key, callbackUrl, timeoutMs = 10_000 } = this.options;
    const body = Buffer.from(JSON.stringify({ type, reference, ...money, callbackUrl }));
    const signed = webhookHeaders(key, reference, this.clock.now(), body);
    const headers = { 'content-type': 'application/json', ...signed };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
      if (response.ok) return await read(response);
      await response.body?.cancel();
    } catch {
      // No connection, too slow, moved elsewhere, or an answer that is none: all the same to the caller.
    }
    throw new DomainError('PROVIDER_UNAVAILABLE');
  }
}

async function cappedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) throw new RangeError('too long an answer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
