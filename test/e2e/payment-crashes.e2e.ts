import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { balanceOf, orderOf, place, topUp } from '../rig/order-payer.js';
import { befriend, RawPerson } from '../rig/raw-person.js';
import { ServerProcess } from '../rig/server-process.js';

describe('money and a server that is killed', () => {
  let server: ServerProcess;
  let alice: RawPerson;
  let bob: RawPerson;

  beforeEach(async () => {
    server = await ServerProcess.start();
    alice = await RawPerson.register(server.url);
    bob = await RawPerson.register(server.url);
    await befriend(alice, bob);
    await topUp(alice, 1_000);
  });

  afterEach(() => server.close());

  const audit = (...options: string[]): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, ['dist/src/ledger-audit.js', ...options], {
      env: { ...process.env, ...server.environment },
      encoding: 'utf8',
    });
  const isCommitted = async (orderId: string): Promise<boolean> => {
    const found = await server.stores.sql('SELECT 1 FROM payment_order WHERE id = ?', [orderId]).catch(() => []);
    return found.length > 0;
  };

  it('has one effect of an order that was committed and not answered, or neither', async () => {
    let paid = 0;
    for (const delay of [0, 4, 'committed'] as const) {
      const order = await orderOf(alice, bob, { amount: 10 });
      const answer = place(alice, order).catch(() => 'none');
      if (delay === 'committed') while (!(await isCommitted(order.orderId))) await new Promise(setImmediate);
      else await new Promise((resolve) => setTimeout(resolve, delay));
      await server.kill('SIGKILL');
      await answer;
      await server.launch();
      expect((await place(alice, order)).body).toMatchObject({ orderId: order.orderId, state: 'posted' });
      expect((await place(alice, order)).body).toMatchObject({ orderId: order.orderId, state: 'posted' });
      paid += 10;
      expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([
        [1_000 - paid, 0],
        [paid, 0],
      ]);
    }
    expect(audit()).toMatchObject({ status: 0 });
  }, 120_000);

  it('is audited by a command, beside the running server, that names a row which somebody has changed', async () => {
    const order = await orderOf(alice, bob);
    await place(alice, order);
    const first = audit();
    expect(first).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^4 entries, 4 accounts, 1 orders: all right\n/),
    });
    const head = /^head (\d+:\S{43})$/m.exec(first.stdout)?.[1] ?? '';
    await place(alice, await orderOf(alice, bob));
    expect(audit('--expect-head', head)).toMatchObject({ status: 0 });
    expect(audit('--expect-head', `4:${'x'.repeat(43)}`)).toMatchObject({ status: 1 });
    expect(audit('--expect-head', 'nonsense')).toMatchObject({ status: 1, stdout: '' });

    await server.stores.sql('UPDATE payment_order SET amount = 1 WHERE id = ?', [order.orderId]);
    const found = audit();
    expect(found.status).toBe(1);
    expect(found.stdout).toBe(
      `WRONG: table payment_order, row ${order.orderId}: it does not say what entry 3 (order:${order.orderId}) has moved\n`,
    );
  }, 120_000);
});
