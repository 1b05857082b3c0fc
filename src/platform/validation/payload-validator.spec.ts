import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { CLIENT_EVENTS, SERVER_EVENTS } from '../../protocol/event-schemas.js';
import { ReceiptRequest, SendRequest, SubmitHandshakeRequest } from '../../protocol/payloads/chat.payloads.js';
import { RegisterRequest, UploadKeyPackagesRequest } from '../../protocol/payloads/user.payloads.js';
import { PayloadValidators } from './payload-validator.js';

const id = 'A'.repeat(22);
const send = { conversationId: id, clientMessageId: id, epoch: 1, ciphertext: 'abc', burnAfterReadSeconds: 30 };
const receipt = { conversationId: id, incarnation: id, seqs: [1, 2] };
const validators = new PayloadValidators();

describe('PayloadValidators', () => {
  it('accepts what is declared', () => {
    expect(validators.check(SendRequest, send)).toBe(send);
    expect(validators.check(ReceiptRequest, receipt)).toBe(receipt);
  });

  it.each([
    ['a missing field', { ...send, ciphertext: undefined }],
    ['an extra field', { ...send, isAdmin: true }],
    ['own __proto__', JSON.parse(`{"__proto__":{"admin":true},${JSON.stringify(send).slice(1)}`)],
    ['a number for a string', { ...send, ciphertext: 7 }],
    ['an array for a string', { ...send, conversationId: [id] }],
    ['an object for an id', { ...send, conversationId: { $ne: null } }],
    ['a fraction', { ...send, epoch: 1.5 }],
    ['a number as text', { ...send, epoch: '1' }],
    ['a negative', { ...send, burnAfterReadSeconds: -1 }],
    ['a longer life than an hour', { ...send, burnAfterReadSeconds: 3601 }],
    ['too long a ciphertext', { ...send, ciphertext: 'a'.repeat(48_001) }],
    ['empty text', { ...send, ciphertext: '' }],
    ['null', null],
    ['an array', [send]],
    ['undefined', undefined],
  ])('refuses %s', (_, payload: unknown) => {
    expect(() => validators.check(SendRequest, payload)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it.each([
    ['no sequence', { ...receipt, seqs: [] }],
    ['101 sequences', { ...receipt, seqs: Array.from({ length: 101 }, () => 1) }],
    ['sequence 0', { ...receipt, seqs: [0] }],
    ['text among sequences', { ...receipt, seqs: ['1'] }],
  ])('refuses %s', (_, payload) => {
    expect(() => validators.check(ReceiptRequest, payload)).toThrow();
  });

  it('looks into nested objects and arrays', () => {
    const device = { userId: id, deviceId: id };
    const submit = { conversationId: id, baseEpoch: 0, kind: 'reset', welcome: 'abc', welcomed: [device] };
    expect(() => validators.check(SubmitHandshakeRequest, submit)).not.toThrow();
    expect(() =>
      validators.check(SubmitHandshakeRequest, { ...submit, welcomed: [{ ...device, extra: 1 }] }),
    ).toThrow();
    expect(() => validators.check(UploadKeyPackagesRequest, { keyPackages: ['a', 7] })).toThrow();
  });

  it('names the field and never its value', () => {
    const bad = { username: 'SECRET', identityKey: 'x' };
    expect(() => validators.check(RegisterRequest, bad)).toThrow(
      expect.objectContaining({
        details: { problems: [{ field: expect.any(String), problem: expect.not.stringContaining('SECRET') }] },
      }),
    );
  });

  it('has a compilable schema for every event of the protocol', () => {
    const classes = [
      ...Object.values(CLIENT_EVENTS).flatMap((e) => [e.request, e.result]),
      ...Object.values(SERVER_EVENTS),
    ];
    for (const schema of classes) {
      try {
        validators.check(schema, 'x');
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_REQUEST' });
      }
    }
  });
});
