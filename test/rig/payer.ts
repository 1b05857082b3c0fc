import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import { userIdOf } from '../../sdk/crypto/identity.js';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import type { BalanceView, TopUpView, WithdrawalView } from '../../src/protocol/payloads/payment.payloads.js';
import { type SignedWithdrawal, withdrawalBytes } from '../../src/protocol/signing.js';
import { RandomIds } from '../../src/shared/ids.js';
import { type Answer, RawPerson } from './raw-person.js';
import { type RunningServer, startServer } from './server.js';
import type { StandInProvider } from './stand-in-provider.js';

const ids = new RandomIds();

export const WITHDRAWAL_FEE = 7;

export function startPayingServer(
  provider: StandInProvider,
  overrides: DeepPartial<Profile> = {},
  from?: RunningServer,
): Promise<RunningServer> {
  const profile = {
    adapters: { paymentProvider: { kind: 'webhook', url: provider.url } },
    limits: { paymentOrdersPerUser: { points: 1_000 } },
    payments: { withdrawalFee: WITHDRAWAL_FEE, settleEveryMs: 50 },
  };
  const environment = { ASHWIRE_PAYMENT_PROVIDER_KEY: provider.key };
  return startServer(merge(profile, overrides) as DeepPartial<Profile>, from, environment);
}

/** Status and code of an answer; the code is undefined where it was not refused. */
export const outcomeOf = ({ status, body }: Answer<unknown>): readonly [number, string | undefined] => [
  status,
  body.error?.code,
];

export type SignedRequest = Record<string, unknown> & { readonly withdrawalId: string };

/** Somebody who pays money in and takes it out, over the wire. */
export class Payer {
  private constructor(
    readonly person: RawPerson,
    private readonly provider: StandInProvider,
  ) {}

  static async register(url: string, provider: StandInProvider): Promise<Payer> {
    return new Payer(await RawPerson.register(url), provider);
  }

  topUp(topUpId: string, amount: unknown = 500, currency = 'CNY'): Promise<Answer<TopUpView>> {
    return this.person.request<TopUpView>('POST', '/api/payments/top-ups', { topUpId, amount, currency });
  }

  findTopUp(topUpId: string): Promise<Answer<TopUpView>> {
    return this.person.request<TopUpView>('GET', `/api/payments/top-ups/${topUpId}`);
  }

  /** Of a new one that is pending. */
  async beginTopUp(amount = 500): Promise<string> {
    const topUpId = ids.next();
    const { body } = await this.topUp(topUpId, amount);
    if (body.state !== 'pending') throw new Error(`no top-up began: ${JSON.stringify(body)}`);
    return topUpId;
  }

  async receive(amount: number): Promise<void> {
    const { body } = await this.provider.report('top-up.succeeded', await this.beginTopUp(amount));
    if (body['state'] !== 'posted') throw new Error(`nothing came: ${JSON.stringify(body)}`);
  }

  async signedWithdrawal(fields: Partial<SignedWithdrawal> = {}, signer = this.person): Promise<SignedRequest> {
    const withdrawal = {
      server: this.person.url,
      withdrawalId: ids.next(),
      userId: userIdOf(encodeBase64Url(this.person.identity.publicKey)),
      amount: 300,
      currency: 'CNY',
      destination: 'account 1',
      issuedAt: Date.now(),
      ...fields,
    };
    const signature = encodeBase64Url(await signer.identity.sign(withdrawalBytes(withdrawal)));
    const { server: _server, userId: _userId, ...request } = withdrawal;
    return { ...request, signature };
  }

  withdraw(request: object): Promise<Answer<WithdrawalView>> {
    return this.person.request<WithdrawalView>('POST', '/api/payments/withdrawals', request);
  }

  findWithdrawal(withdrawalId: string): Promise<Answer<WithdrawalView>> {
    return this.person.request<WithdrawalView>('GET', `/api/payments/withdrawals/${withdrawalId}`);
  }

  /** Of a new one that is pending. */
  async beginWithdrawal(): Promise<string> {
    const request = await this.signedWithdrawal();
    const { body } = await this.withdraw(request);
    if (body.state !== 'pending') throw new Error(`no withdrawal began: ${JSON.stringify(body)}`);
    return request.withdrawalId;
  }

  async balance(): Promise<readonly [available: number, pending: number]> {
    const { available, pending } = (await this.person.request<BalanceView>('GET', '/api/payments/balance')).body;
    return [available, pending];
  }
}
