import { describe, expect, it } from '@jest/globals';
import { readInvitation, writeInvitation } from './invitation-code.js';

const content = {
  code: 'c'.repeat(22),
  server: 'https://chat.example/ashwire',
  inviter: { userId: 'u'.repeat(22), fingerprint: 'f'.repeat(43) },
};

describe('invitations as text', () => {
  it('are read as they were written, by link and by QR', () => {
    const { link, qrText } = writeInvitation(content);
    expect(readInvitation(link)).toEqual(content);
    expect(readInvitation(` ${qrText}\n`)).toEqual(content);
    expect(readInvitation(content.code)).toEqual({ code: content.code });
  });

  it('send nothing to a server when the link is opened', () => {
    const url = new URL(writeInvitation(content).link);
    expect(url.pathname + url.search).not.toContain(content.code);
  });

  it.each([
    '',
    'x',
    'https://chat.example/invitation#',
    `https://chat.example/invitation#${content.code}`,
    'ashwire:invitation/1/%E0%A4%A/x',
    'ashwire:invitation/1/',
  ])('refuses %j', (text) => {
    expect(() => readInvitation(text)).toThrow(expect.objectContaining({ code: 'INVITATION_MALFORMED' }));
  });
});
