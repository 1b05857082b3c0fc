import { value } from '../../../platform/presence/adapters/redis-presence.js';

export const other = value;
