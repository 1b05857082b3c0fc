import type { EndedRelations } from './friendship.store.port.js';

/** Blocks. They work in both directions, and only the one who blocks can see or lift them. */
export abstract class BlockStore {
  /**
   * Atomic with the end of the friendship and of the requests between the two; a request of the blocked side becomes a ghost.
   * May be repeated.
   */
  abstract block(blockerId: string, blockedId: string, at: number): Promise<EndedRelations>;
  /** May be repeated, also for who was never blocked. */
  abstract unblock(blockerId: string, blockedId: string): Promise<void>;
  /** Ids, oldest block first. */
  abstract list(blockerId: string): Promise<string[]>;
}
