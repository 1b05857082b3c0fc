import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { Ids } from '../../shared/ids.js';
import type { Stamp } from './domain/stamp.js';

@Injectable()
export class Stamps {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Ids) private readonly ids: Ids,
  ) {}

  next(): Stamp {
    return { id: this.ids.next(), at: this.clock.now() };
  }

  now(): number {
    return this.clock.now();
  }
}
