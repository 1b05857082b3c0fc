import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as Comlink from 'comlink';
import { AshwireError } from '../../../sdk/ashwire-error.js';
import { StorageError } from '../../../sdk/storage/storage-error.js';
import { passErrors } from './errors.js';

const thrower = {
  refused: () => Promise.reject(new AshwireError('RATE_LIMITED', { retryAfterMs: 2_000 }, { message: 'Slowly.' })),
  locked: () => Promise.reject(new StorageError('WRONG_PASSPHRASE')),
  unexpected: () => Promise.reject(new TypeError('a defect')),
  notPlain: () => Promise.resolve(() => 1),
  get stopped(): { list(): void } {
    throw new AshwireError('STOPPED');
  },
};

describe('an error between worker and page', () => {
  const { port1, port2 } = new MessageChannel();
  const remote = Comlink.wrap<typeof thrower>(port2);
  beforeAll(() => {
    passErrors();
    passErrors();
    Comlink.expose(thrower, port1);
  });
  afterAll(() => {
    port1.close();
    port2.close();
  });

  const caught = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'nothing',
      (error: unknown) => error,
    );

  it('arrives as an AshwireError with its code, sentence and details', async () => {
    const error = await caught(remote.refused());
    expect(error).toBeInstanceOf(AshwireError);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', message: 'Slowly.', retryAfterMs: 2_000 });
  });

  it('keeps the code of a storage', async () => {
    expect(await caught(remote.locked())).toMatchObject({
      code: 'WRONG_PASSPHRASE',
      message: 'This is not the passphrase.',
    });
  });

  it('arrives also when it is thrown on the way to a method', async () => {
    expect(await caught((remote as unknown as { stopped: { list(): Promise<void> } }).stopped.list())).toMatchObject({
      code: 'STOPPED',
    });
  });

  it('is a BAD_ANSWER when nobody expected it, also for an answer that cannot be sent', async () => {
    expect(await caught(remote.unexpected())).toMatchObject({ code: 'BAD_ANSWER', message: 'a defect' });
    expect(await caught(remote.notPlain())).toMatchObject({ code: 'BAD_ANSWER' });
  });
});
