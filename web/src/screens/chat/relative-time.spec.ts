import { describe, expect, it } from '@jest/globals';
import { relativeTime } from './relative-time.js';

const now = 1_800_000_000_000;
const ago = (minutes: number, locale = 'en'): string => relativeTime(now - minutes * 60_000, now, locale);

describe('relativeTime', () => {
  it('says it in the largest unit that fits', () => {
    expect([ago(0.9), ago(1), ago(59), ago(60), ago(23 * 60), ago(24 * 60), ago(49 * 60)]).toEqual([
      ...['now', '1 min. ago', '59 min. ago', '1 hr. ago', '23 hr. ago', 'yesterday', '2 days ago'],
    ]);
    expect(ago(5, 'zh-CN')).toBe('5分钟前');
  });

  it('takes the future for now, and says nothing of what never was', () => {
    expect(relativeTime(now + 5_000, now, 'en')).toBe('now');
    expect(relativeTime(0, now, 'en')).toBe('');
  });
});
