import { describePresenceContract } from '../presence.contract.js';
import { InMemoryPresence } from './in-memory-presence.js';

describePresenceContract(() => Promise.resolve(new InMemoryPresence()));
