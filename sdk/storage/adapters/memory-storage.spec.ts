import { describeClientStorage } from '../client-storage.contract.js';
import { MemoryStorage } from './memory-storage.js';

describeClientStorage('memory', () => {
  let current: MemoryStorage | undefined;
  return {
    open: () => Promise.resolve((current = MemoryStorage.open(current))),
    remains: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
  };
});
