import { IsIn } from 'class-validator';
import { defineEvent } from '../../platform/event-bus/event-bus.port.js';
import { IsId } from '../../protocol/payloads/fields.js';

export class UserSubject {
  @IsId() userId!: string;
}

export class UserChange extends UserSubject {
  @IsIn(['profile', 'identity-key', 'device', 'settings']) what!: 'profile' | 'identity-key' | 'device' | 'settings';
}

/** Through the outbox: other modules remove what they hold of the user. */
export const UserDeleted = defineEvent('user.deleted', UserSubject);
/** Direct: a friend's view of the user, or the user's settings, are out of date. */
export const UserChanged = defineEvent('user.changed', UserChange);
/** Direct: the user shows from now on whether they are online, or does so no more. */
export const PresenceSharingChanged = defineEvent('user.presence-sharing-changed', UserSubject);
