import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { Signals } from '../signals/signals.port.js';
import { type CacheOptions, type Load, ProcessCache } from './process-cache.js';

/** Makes the caches of this process, each with its topic. */
@Injectable()
export class ProcessCaches {
  constructor(
    @Inject(Signals) private readonly signals: Signals,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `load` gets all keys that are to be read at the same time. */
  open<V extends object>(options: CacheOptions, load: Load<V>): ProcessCache<V> {
    return new ProcessCache(load, this.signals, this.clock, Math.random, options);
  }

  /** For what is read one by one. */
  openSingle<V extends object>(options: CacheOptions, load: (key: string) => Promise<V | null>): ProcessCache<V> {
    return this.open(options, async (keys) => {
      const values = new Map<string, V>();
      for (const key of keys) {
        const value = await load(key);
        if (value) values.set(key, value);
      }
      return values;
    });
  }
}
