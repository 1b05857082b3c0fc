import { describeRateLimiterContract } from '../rate-limiter.contract.js';
import { InMemoryRateLimiter } from './in-memory-rate-limiter.js';

describeRateLimiterContract(() => Promise.resolve(new InMemoryRateLimiter()));
