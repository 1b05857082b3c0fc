import { useI18n } from 'vue-i18n';
import type { ConversationSummary } from '../../../../sdk/index.js';
import { type Doubt, doubtsAbout, type Recipient } from '../../guard/recipient-doubt.js';
import { sensitiveKinds, type SensitiveKind } from '../../guard/sensitive.js';
import { useClock } from '../../stores/clock.store.js';
import { useConversations } from '../../stores/conversations.store.js';
import { useHeld } from '../../stores/held.store.js';
import { useMessages } from '../../stores/messages.store.js';
import { usePeople } from '../../stores/people.store.js';
import { usePreferences } from '../../stores/preferences.store.js';

/** Why a person should look twice before a text goes into a conversation; in sentences. */
export function useGuard(summary: () => ConversationSummary) {
  const { t } = useI18n();
  const [conversations, held, messages] = [useConversations(), useHeld(), useMessages()];
  const [people, preferences, clock] = [usePeople(), usePreferences(), useClock()];
  const recipientOf = (one: ConversationSummary): Recipient => ({
    ...{ conversationId: one.conversationId, kind: one.kind, name: conversations.titleOf(one) },
  });

  function doubts(): Doubt[] {
    const { conversationId } = summary();
    const own = messages.of(conversationId).filter(({ direction }) => direction === 'out');
    const writtenAt = held.writtenAt(conversationId);
    const times = [...own.map(({ acceptedAt = 0 }) => acceptedAt), ...(writtenAt === undefined ? [] : [writtenAt])];
    const others = conversations.list.map(recipientOf);
    return doubtsAbout(recipientOf(summary()), others, {
      now: clock.now,
      isBegun: conversations.lastActivityOf(summary()) > 0 || writtenAt !== undefined,
      ...(times.length > 0 && { lastWrittenAt: Math.max(...times) }),
      ...(held.lastWritten && { before: held.lastWritten }),
    });
  }

  function doubtSentence(doubt: Doubt): string {
    const name = conversations.titleOf(summary());
    return t(`chat.guard.doubts.${doubt.kind}`, { name, other: doubt.kind === 'similarName' ? doubt.name : '' });
  }

  const findings = (text: string): readonly SensitiveKind[] => sensitiveKinds(text);
  const findingSentence = (kinds: readonly SensitiveKind[]): string =>
    t('chat.guard.sensitive', { what: kinds.map((kind) => t(`chat.guard.kinds.${kind}`)).join(t('chat.guard.comma')) });

  function reasonsFor(text: string): string[] {
    const reasons = doubts().map(doubtSentence);
    const kinds = findings(text);
    if (kinds.length > 0) reasons.push(findingSentence(kinds));
    const friend = people.friends.get(summary().peerUserId ?? '');
    const isSecondStep = preferences.twoStepForVerified && friend?.trust === 'verified';
    if (isSecondStep) reasons.push(t('chat.guard.twoStep', { name: conversations.titleOf(summary()) }));
    return reasons;
  }

  return { findings, findingSentence, reasonsFor };
}
