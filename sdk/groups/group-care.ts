import { AshwireError } from '../ashwire-error.js';
import type { MessageLog } from '../conversations/message-log.js';
import { departedFrom } from '../conversations/session-roster.js';
import type { SessionRecord } from '../store/records.js';
import type { ServerClock } from '../time/server-clock.js';
import type { EngineSource } from '../account/engine-source.js';
import type { GroupBook } from './group-book.js';
import type { GroupCommits } from './group-commits.js';

export interface GroupCareServices {
  readonly log: MessageLog;
  readonly engines: EngineSource;
  readonly groups: GroupBook;
  readonly clock: ServerClock;
  readonly commits: Pick<GroupCommits, 'run'>;
  report(error: AshwireError): void;
}

/** The members take turns, so that one does it and the others find it done. */
const TURN_MS = 300;
const JITTER_MS = 150;
const AGAIN_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Something else will start it again. */
const UNTIL_LATER: readonly string[] = ['OFFLINE', 'STOPPED', 'NOT_FOUND', 'GROUP_EMPTY'];

/**
 * What a group needs without anybody asking: the removal of who has left, the name for who has not got it, the first session
 * of a group whose founder was interrupted, and a new one after a handshake that could not be followed.
 */
export class GroupCare {
  /** Times in a row that care was taken, by group. */
  private readonly taken = new Map<string, number>();
  private readonly waiting = new Set<string>();

  constructor(private readonly services: GroupCareServices) {}

  /** Looks at what the handshakes have led to. Never throws. */
  look(session: SessionRecord): void {
    const { conversationId } = session;
    this.needs(session)
      .then((isNeeded) => (isNeeded ? this.plan(session) : void this.taken.delete(conversationId)))
      .catch((error: unknown) => this.failed(error));
  }

  private async needs(session: SessionRecord): Promise<boolean> {
    const { log, groups } = this.services;
    const { conversationId, epoch, needsName, broken } = session;
    const conversation = await log.findConversation(conversationId);
    if (conversation?.kind !== 'group') return false;
    if (broken || departedFrom(session).length > 0) return true;
    const isOwners = epoch === 0 || (needsName && conversation.name !== undefined);
    return isOwners ? groups.isOwner(conversationId) : false;
  }

  private async plan({ conversationId, roster = [] }: SessionRecord): Promise<void> {
    const { engines, clock, commits } = this.services;
    if (this.waiting.has(conversationId)) return;
    this.waiting.add(conversationId);
    const times = this.taken.get(conversationId) ?? 0;
    this.taken.set(conversationId, times + 1);
    const { userId } = await engines.account();
    const turn = [userId, ...roster].sort().indexOf(userId);
    const pause = times === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, AGAIN_MS * 2 ** times);
    const take = (): void => {
      commits
        .run(conversationId, {})
        .catch((error: unknown) => this.failed(error))
        .finally(() => this.waiting.delete(conversationId));
    };
    clock.after(pause + turn * TURN_MS + Math.random() * JITTER_MS, take, true);
  }

  private failed(error: unknown): void {
    const failure = AshwireError.from(error);
    if (!UNTIL_LATER.includes(failure.code)) this.services.report(failure);
  }
}
