/** More are not worth a list. */
const MOST_USERS = 10_000;
const RETRY_MS = 1_000;
const EVERYBODY = '*';

/** For whom pushes were lost on this node; told to the other nodes once they can be told. */
export class LostPushes {
  private users = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly tell: (body: string) => Promise<void>) {}

  add(userIds: Iterable<string>): void {
    for (const userId of userIds) this.users.add(userId);
    if (this.users.size > MOST_USERS) this.users = new Set([EVERYBODY]);
    this.timer ??= setTimeout(() => void this.tellOthers(), RETRY_MS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Undefined: everybody. Throws for what no node says. */
  static read(body: string): readonly string[] | undefined {
    const users = JSON.parse(body) as unknown;
    if (!Array.isArray(users) || !users.every((user) => typeof user === 'string')) throw new TypeError('users');
    return users.includes(EVERYBODY) ? undefined : users;
  }

  private async tellOthers(): Promise<void> {
    const told = this.users;
    this.users = new Set();
    this.timer = undefined;
    try {
      await this.tell(JSON.stringify([...told]));
    } catch {
      this.add(told);
    }
  }
}
