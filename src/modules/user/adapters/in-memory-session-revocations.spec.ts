import { describeSessionRevocationsContract } from '../ports/session-revocations.contract.js';
import { InMemorySessionRevocations } from './in-memory-session-revocations.js';

describeSessionRevocationsContract((clock) => new InMemorySessionRevocations(clock, 1_000));
