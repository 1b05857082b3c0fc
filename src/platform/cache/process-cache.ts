import QuickLRU from 'quick-lru';
import type { Clock } from '../../shared/clock.js';
import type { Signals } from '../signals/signals.port.js';

/** A lost signal is made good after at most `MIN_LIFE_MS + SPREAD_MS`; the spread keeps nodes from reading all at once. */
const MIN_LIFE_MS = 300_000;
const SPREAD_MS = 300_000;
const ABSENT_LIFE_MS = 5_000;
/** Apart from what exists: ids of nothing are an attacker's to choose, and must push out nothing real. */
const MAX_ABSENT = 10_000;

/** Reads what it finds of the keys. */
export type Load<V> = (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;

export interface CacheOptions {
  /** Of the signals that say which key has changed. */
  readonly topic: string;
  readonly maxSize: number;
}

interface Known<V> {
  readonly value: V;
  readonly until: number;
}

interface Reading<V> {
  readonly done: Promise<V | null>;
  /** Forgotten while it was read: it may be from before the change, so nobody who asked after the change may get it. */
  isOutdated: boolean;
}

/**
 * What this process has read, until a signal of any node says that it has changed, or for ten minutes at most. A key is read once,
 * however many ask at the same time; a failure is not kept. Values are shared by all who ask: treat them as frozen.
 */
export class ProcessCache<V extends object> {
  private readonly found: QuickLRU<string, Known<V>>;
  private readonly absent = new QuickLRU<string, number>({ maxSize: MAX_ABSENT });
  private readonly readings = new Map<string, Reading<V>>();

  constructor(
    private readonly load: Load<V>,
    private readonly signals: Signals,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly options: CacheOptions,
  ) {
    this.found = new QuickLRU({ maxSize: options.maxSize });
    signals.on(options.topic, (key) => this.forget(key));
    signals.onGap(() => this.clear());
  }

  /** What is known already: the hot path need not wait for a promise then. */
  peek(key: string): V | undefined {
    const known = this.found.get(key);
    return known !== undefined && known.until > this.clock.now() ? known.value : undefined;
  }

  async get(key: string): Promise<V | null> {
    return this.peek(key) ?? (await this.getMany([key])).get(key) ?? null;
  }

  /** Those that exist. What is not known is read together. */
  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, V>> {
    const values = new Map<string, V>();
    let left = new Set(keys);
    while (left.size > 0) {
      const asked = this.ask(left, values);
      left = new Set();
      for (const [key, reading] of asked) {
        const value = await reading.done;
        if (reading.isOutdated) left.add(key);
        else if (value) values.set(key, value);
      }
    }
    return values;
  }

  /** After the commit of a change: all nodes forget it, this one before this returns. */
  changed(key: string): void {
    this.signals.send(this.options.topic, key);
  }

  /** In this process only. */
  forget(key: string): void {
    this.found.delete(key);
    this.absent.delete(key);
    const reading = this.readings.get(key);
    if (reading) reading.isOutdated = true;
    this.readings.delete(key);
  }

  private clear(): void {
    this.found.clear();
    this.absent.clear();
    for (const reading of this.readings.values()) reading.isOutdated = true;
    this.readings.clear();
  }

  /** Takes what is known, and names the readings of the rest. */
  private ask(keys: ReadonlySet<string>, values: Map<string, V>): Map<string, Reading<V>> {
    const asked = new Map<string, Reading<V>>();
    const unknown: string[] = [];
    for (const key of keys) {
      const value = this.peek(key);
      const reading = this.readings.get(key);
      if (value) values.set(key, value);
      else if (reading) asked.set(key, reading);
      else if (!((this.absent.get(key) ?? 0) > this.clock.now())) unknown.push(key);
    }
    if (unknown.length > 0) for (const [key, reading] of this.begin(unknown)) asked.set(key, reading);
    return asked;
  }

  private begin(keys: readonly string[]): Map<string, Reading<V>> {
    const loading = this.load(keys);
    return new Map(
      keys.map((key) => {
        const reading: Reading<V> = { done: loading.then((values) => values.get(key) ?? null), isOutdated: false };
        this.readings.set(key, reading);
        reading.done.then(
          (value) => this.keep(key, reading, value),
          () => this.end(key, reading),
        );
        return [key, reading];
      }),
    );
  }

  private keep(key: string, reading: Reading<V>, value: V | null): void {
    if (!this.end(key, reading)) return;
    const now = this.clock.now();
    if (value) this.found.set(key, { value, until: now + MIN_LIFE_MS + this.random() * SPREAD_MS });
    else this.absent.set(key, now + ABSENT_LIFE_MS);
  }

  /** False where it was forgotten meanwhile. */
  private end(key: string, reading: Reading<V>): boolean {
    return !reading.isOutdated && this.readings.delete(key);
  }
}
