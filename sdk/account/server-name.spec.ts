import { describe, expect, it } from '@jest/globals';
import { requireSameServer } from './server-name.js';

describe('requireSameServer', () => {
  it.each([
    ['https://chat.example', 'https://chat.example'],
    ['https://chat.example/', 'https://chat.example/ashwire'],
    ['http://localhost:3000', 'http://127.0.0.1:4000'],
  ])('takes %s for %s', (named, server) => {
    expect(() => requireSameServer(named, server)).not.toThrow();
  });

  it.each([
    ['https://other.example', 'https://chat.example'],
    ['http://chat.example', 'https://chat.example'],
    ['https://chat.example.evil', 'https://chat.example'],
    ['http://localhost:3000', 'https://chat.example'],
    ['http://127.0.0.1.evil', 'http://localhost:3000'],
    ['', 'https://chat.example'],
  ])('signs nothing for %s at %s', (named, server) => {
    expect(() => requireSameServer(named, server)).toThrow(expect.objectContaining({ code: 'BAD_ANSWER' }));
  });
});
