/** Topic of the signal that a user's connections on a node have begun or ended; its key is the user. */
export const WHEREABOUTS = 'whereabouts';

/**
 * Who is connected, over all nodes. A user is online while at least one connection is. A node that dies takes its
 * connections with it after a while.
 */
export abstract class Presence {
  /** True when this is the user's first connection. */
  abstract connected(userId: string, connectionId: string): Promise<boolean>;
  /** True when this was the user's last connection. Unknown connections are ignored (false). */
  abstract disconnected(userId: string, connectionId: string): Promise<boolean>;
  /** Those of the given users who are online, in any order. */
  abstract listOnline(userIds: readonly string[]): Promise<string[]>;
}
