import { describe, expect, it } from '@jest/globals';
import { sensitiveKinds, type SensitiveKind } from './sensitive.js';

const cases: readonly (readonly [SensitiveKind, string])[] = [
  ['card', 'my card is 4111 1111 1111 1111, till 04/29'],
  ['card', '5555-5555-5555-4444'],
  ['card', '378282246310005'],
  ['card', 'on 21 11 2026: 4111 1111 1111 1111 123'],
  ['card', '卡号 6212345678901232'],
  ['card', '卡号6212345678901232谢谢'],
  ['iban', 'DE89 3704 0044 0532 0130 00 please'],
  ['iban', 'gb82west12345698765432'],
  ['iban', 'IBAN: FR14 2004 1010 0505 0001 3M02 606.'],
  ['privateKey', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza'],
  ['privateKey', '-----BEGIN PRIVATE KEY-----'],
  ['privateKey', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
  ['privateKey', `private key: 0x${'ab12'.repeat(16)}`],
  ['privateKey', `私钥：${'ab12'.repeat(16)}`],
  ['recoveryWords', 'legal winner thank year wave sausage worth useful legal winner thank yellow'],
  [
    'recoveryWords',
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage above'.split(' ').join('\n'),
  ],
  [
    'recoveryWords',
    'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'
      .split(' ')
      .map((word, at) => `${at + 1}. ${word}`)
      .join(' '),
  ],
  ['token', `ghp_${'a1B2'.repeat(9)}`],
  ['token', `use sk-proj-${'x9Y8'.repeat(8)} for it`],
  ['token', 'AKIAIOSFODNN7EXAMPLE'],
  ['token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N'],
  ['token', `Authorization: Bearer ${'abcd1234'.repeat(4)}`],
  ['password', 'password: correcthorse'],
  ['password', 'the Wi-Fi password is hunter2!'],
  ['password', '密码：qwerty'],
  ['password', '密码是abc123'],
  ['password', 'PWD=letmein'],
  ['oneTimeCode', '您的验证码是 482913，五分钟内有效'],
  ['oneTimeCode', 'Your verification code: 482913'],
  ['residentId', '身份证 11010519491231002X'],
  ['residentId', '身份证11010519491231002x'],
  ['phone', 'It is 13812345678.'],
  ['phone', 'call +86 138-1234-5678 tonight'],
  ['phone', '电话138 1234 5678'],
];

const harmless = [
  '',
  'See you at 8?',
  'the password is wrong again',
  'I forgot my password, is it new?',
  '密码错了',
  '密码是什么',
  'The order number is 4111111111111112.',
  '0000 0000 0000 0000',
  '1234567890123456',
  'DE89 3704 0044 0532 0130 01',
  'We meet on 2026-11-21 from 14:00 to 15:30 in room 12345.',
  '3.14159265358979323846',
  'commit 4f2036b9d1c0a7e8f6b5d4c3b2a1908f7e6d5c4b',
  'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'https://example.org/a/1700000000000/index.html',
  'Can you please bring the red bag and some milk from the store when you come home today, I will cook.',
  'skip-the-line tickets are sk-something short',
  '11010519490231002X',
  'id 1700000000000000000',
  '10086',
  'Tel. 030 901820',
  'the code 1234 is in the drawer',
];

describe('sensitiveKinds', () => {
  it.each(cases)('finds %s in “%s”', (kind, text) => {
    expect(sensitiveKinds(text)).toContain(kind);
  });

  it.each(harmless)('finds nothing in “%s”', (text) => {
    expect(sensitiveKinds(text)).toEqual([]);
  });

  it('names each kind once, and nothing of the text', () => {
    const found = sensitiveKinds('password: hunter2 password: hunter2 4111111111111111 and 4111111111111111');
    expect(found).toEqual(['card', 'password']);
  });

  it('does not take long on a text that is made to take long', () => {
    const before = performance.now();
    for (const part of ['1 ', 'AB12 ', 'password is a', '密码是', 'sk-a-', 'eyJaaaaaaaa.', '1-'])
      sensitiveKinds(part.repeat(4_000 / part.length));
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
