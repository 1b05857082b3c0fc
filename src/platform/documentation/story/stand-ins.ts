/**
 * What differs in every run stands in the examples under a name that tells what it is, filled up to the length of the real
 * value. The test that executes the examples puts the real value in its place, the same one everywhere.
 */
const fill = (name: string, characters: number): string => `${name}-`.padEnd(characters, '0');

const id = (name: string): string => fill(name, 22);
const key = (name: string): string => fill(name, 43);
const signature = (name: string): string => fill(name, 86);

const session = (name: string) => ({
  sessionId: id(`${name}-session`),
  accessToken: fill(`${name}-access-token`, 43),
  refreshToken: `${id(`${name}-session`)}.${key(`${name}-refresh-secret`)}`,
});

const device = (name: string) => ({
  deviceId: id(`${name}-dev`),
  leafKey: key(`${name}-leaf-key`),
  certificate: signature(`${name}-device-signed-by-identity-key`),
});

const person = (name: string) => ({
  userId: id(`${name}-user`),
  identityKey: key(`${name}-identity-key`),
  device: device(name),
  session: session(name),
  history: { hash: key(`${name}-key-history-hash`), signature: signature(`${name}-key-history-signature`) },
});

const challenge = (name: string) => ({
  challengeId: id(`${name}-task`),
  nonce: key(`${name}-nonce`),
  signature: signature(`${name}-signature`),
});

export const STAND_INS = {
  server: 'https://chat.example.com',
  alice: person('alice'),
  bob: person('bob'),
  carol: person('carol'),
  registration: {
    nonce: fill('registration-nonce', 32),
    salt: fill('salt', 32),
    keyPrefix: fill('key-prefix', 32),
    keySignature: fill('key-signature', 64),
    challengeSignature: fill('challenge-signature', 64),
    signature: signature('alice-registration-signature'),
    proofOfWork: fill('base64-of-challenge-and-solution', 64),
  },
  login: { ...challenge('login'), session: session('login') },
  refreshed: {
    accessToken: fill('next-access-token', 43),
    refreshToken: `${id('login-session')}.${key('next-refresh-secret')}`,
  },
  newDevice: { ...challenge('add-device'), ...device('phone'), session: session('phone') },
  newKey: {
    ...challenge('change-key'),
    identityKey: key('alice-new-identity-key'),
    newKeySignature: signature('signature-by-the-new-key'),
    certificate: signature('alice-device-signed-by-new-key'),
    history: { hash: key('new-key-history-hash'), signature: signature('new-key-history-signature') },
  },
  deletion: challenge('deletion'),
  invitation: { invitationId: id('bobs-invitation'), code: id('bobs-code') },
  revoked: { invitationId: id('alices-invitation'), code: id('alices-code') },
  operatorCode: id('operators-code'),
  requests: { cancelled: id('request-1'), accepted: id('request-2'), declined: id('request-3') },
  nobody: id('no-such-id'),
  keyPackages: { first: fill('key-package', 64), lastResort: fill('last-resort-key-package', 64) },
  conversation: { withBob: id('alice-and-bob'), withCarol: id('alice-and-carol') },
  incarnation: { withBob: id('log-of-alice-and-bob'), withCarol: id('log-with-carol') },
  group: id('alices-group'),
  logOfGroup: id('log-of-alices-group'),
  /** Ids that a client chooses. */
  chosen: {
    group: id('alices-choice'),
    topUp: id('top-up'),
    transfer: id('transfer'),
    redPacket: id('red-packet'),
    withdrawal: id('withdrawal'),
  },
  payAt: 'https://pay.example.com/top-up',
  orderSignature: signature('alice-transfer-signature'),
  packetSignature: signature('alice-red-packet-signature'),
  withdrawalSignature: signature('bob-withdrawal-signature'),
  messages: { first: id('first-message'), second: id('second-message'), late: id('late-message') },
} as const;

/** A time in the examples: milliseconds since the epoch. Real times are other ones. */
export const at = (second: number): number => Date.UTC(2026, 0, 5, 9) + second * 1_000;
/** From here on a number in an example is a time. */
export const FIRST_TIME = 1_000_000_000_000;
