import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Lease } from '../../platform/lease/lease.port.js';
import type { FundingService } from './funding/funding.service.js';
import { PaymentSettler } from './payment.settler.js';
import { type PaymentRig, startPayments } from './spec/payment-rig.fixture.js';

/** As the lease of one node among several. */
class OneOfMany extends Lease {
  isElsewhere = false;

  async hold<T>(_name: string, _forMs: number, work: () => Promise<T>): Promise<T | undefined> {
    return this.isElsewhere ? undefined : work();
  }
}

describe('PaymentSettler', () => {
  let rig: PaymentRig;
  let lease: OneOfMany;
  let funding: { expired: number; expire(): Promise<void> };
  let settler: PaymentSettler;
  let logged: unknown[];
  beforeEach(async () => {
    rig = await startPayments({ payments: { settleEveryMs: 10, redPacketLifeMs: 1_000 } });
    lease = new OneOfMany();
    funding = { expired: 0, expire: () => Promise.resolve(void (funding.expired += 1)) };
    settler = new PaymentSettler(rig.config, lease, rig.service, funding as unknown as FundingService);
    logged = [];
    const log = (message: unknown): void => void logged.push(message);
    Logger.overrideLogger({ log, error: log, warn: log });
  });
  afterEach(async () => {
    await settler.onApplicationShutdown();
    Logger.overrideLogger(false);
    await rig.close();
  });

  const overdue = async (): Promise<string> => {
    const [ann, bob] = await rig.pair(100);
    const view = await rig.service.place(ann.userId, rig.request(ann, bob, { kind: 'red-packet' }));
    rig.clock.advance(1_000);
    return view.orderId;
  };
  const stateOf = async (orderId: string) => (await rig.orders.find(orderId))?.state;

  it('ends what is over, again and again, until it is shut down', async () => {
    const orderId = await overdue();
    settler.onApplicationBootstrap();
    for (const end = Date.now() + 5_000; (await stateOf(orderId)) === 'pending' && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await stateOf(orderId)).toBe('voided');
    await settler.onApplicationShutdown();
    const { expired } = funding;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(funding.expired).toBe(expired);
  });

  it('leaves it to the node that holds the lease', async () => {
    const orderId = await overdue();
    lease.isElsewhere = true;
    await settler.settle();
    expect([await stateOf(orderId), funding.expired]).toEqual(['pending', 0]);
  });

  it('logs a failure and goes on with the rest', async () => {
    const [bad, good] = [await overdue(), await overdue()];
    await rig.sql.transaction((manager) =>
      manager.query(
        'INSERT INTO ledger_entry SELECT seq + 99, ?, 0, account_id, kind, reference, NULL, 1, 0, 0, ?, ? FROM ledger_entry LIMIT 1',
        [`order-end:${bad}`, '', ''],
      ),
    );
    await settler.settle();
    expect([await stateOf(bad), await stateOf(good), funding.expired]).toEqual(['pending', 'voided', 1]);
    expect(logged).toEqual([expect.objectContaining({ orderId: bad })]);
    funding.expire = () => Promise.reject(new Error('down'));
    await settler.settle();
    expect(JSON.stringify(logged)).toMatch(/down/);
  });
});
