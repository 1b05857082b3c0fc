/** How many indexes the mentions of what is due are spread over: no single hot key, and few enough to ask all of them. */
const INDEXES = 16;

/** Names in Redis. All keys of a conversation start like its log's and share its tag: in a cluster they are on one node. */
export class LogKeys {
  constructor(private readonly namespace: string) {}

  log(conversationId: string): string {
    return `${this.namespace}{${conversationId}}`;
  }

  index(conversationId: string): string {
    return this.indexAt(conversationId.charCodeAt(0) % INDEXES);
  }

  indexes(): string[] {
    return Array.from({ length: INDEXES }, (_, n) => this.indexAt(n));
  }

  private indexAt(n: number): string {
    return `${this.namespace}due:${n}`;
  }
}
