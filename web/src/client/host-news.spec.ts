import { describe, expect, it } from '@jest/globals';
import { type HostEvent, HostNews } from './host-news.js';

const ACCOUNT = { userId: 'u1', username: 'anna', deviceId: 'd1' };
const OPEN: HostEvent = { event: 'host', payload: { kind: 'open', account: ACCOUNT } };
const LOCKED: HostEvent = { event: 'host', payload: { kind: 'locked' } };
const connection = (state: 'online' | 'connecting' | 'stopped'): HostEvent => ({
  event: 'connection',
  payload: { state },
});
const presence = (userId: string, online: boolean) =>
  ({ event: 'presence', payload: { userId, online } }) as unknown as HostEvent;
const CLOSED: HostEvent = { event: 'closed', payload: { code: 'DEVICE_REPLACED', action: 'login' } };
const TYPING = { event: 'typing', payload: {} } as unknown as HostEvent;

/** What a tab hears that comes when all this has been told. */
function heardLate(...told: HostEvent[]): HostEvent[] {
  const news = new HostNews();
  for (const event of told) news.tell(event);
  const heard: HostEvent[] = [];
  news.listen((event) => heard.push(event));
  return heard;
}

describe('HostNews', () => {
  it('tells every tab, until it is gone', () => {
    const news = new HostNews();
    const [one, other]: HostEvent[][] = [[], []];
    const off = news.listen((event) => one?.push(event));
    news.listen((event) => other?.push(event));
    news.tell(TYPING);
    off();
    news.tell(LOCKED);
    expect([one, other]).toEqual([[TYPING], [TYPING, LOCKED]]);
  });

  it('tells a tab that comes late what still counts, and nothing that has passed', () => {
    const told = [OPEN, connection('connecting'), TYPING, connection('online'), presence('u2', true)];
    expect(heardLate(...told)).toEqual([OPEN, connection('online'), presence('u2', true)]);
  });

  it('knows each friend’s last presence, as long as there is a connection', () => {
    const told = [OPEN, connection('online'), presence('u2', true), presence('u3', true), presence('u2', false)];
    expect(heardLate(...told).slice(2)).toEqual([presence('u2', false), presence('u3', true)]);
    expect(heardLate(...told, connection('connecting'))).toEqual([OPEN, connection('connecting')]);
  });

  it('says that the server has ended it until a connection stands again', () => {
    expect(heardLate(OPEN, connection('stopped'), CLOSED)).toEqual([OPEN, connection('stopped'), CLOSED]);
    expect(heardLate(OPEN, CLOSED, connection('online'))).toEqual([OPEN, connection('online')]);
  });

  it('forgets all of it with the account', () => {
    expect(heardLate(OPEN, connection('online'), presence('u2', true), CLOSED, LOCKED)).toEqual([LOCKED]);
  });
});
