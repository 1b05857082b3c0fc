import { printable } from './message-line.js';

interface Named {
  readonly userId: string;
  readonly username: string;
}

/** The names of everybody that this device has met: friends, and members of groups. */
export class People {
  private readonly names = new Map<string, string>();

  constructor(
    readonly ownId: string,
    readonly ownName: string,
  ) {
    this.meet({ userId: ownId, username: ownName });
  }

  meet(...people: readonly Named[]): void {
    for (const { userId, username } of people) this.names.set(userId, printable(username));
  }

  nameOf(userId: string | undefined): string {
    return this.names.get(userId ?? '') ?? 'somebody';
  }
}
