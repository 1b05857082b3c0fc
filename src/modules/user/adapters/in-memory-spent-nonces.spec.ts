import { describeSpentNoncesContract } from '../ports/spent-nonces.contract.js';
import { InMemorySpentNonces } from './in-memory-spent-nonces.js';

describeSpentNoncesContract((clock) => new InMemorySpentNonces(clock));
