import { ACCOUNT_STORY } from './account.story.js';
import { FAREWELL_STORY } from './farewell.story.js';
import { FRIEND_STORY } from './friend.story.js';
import { GROUP_STORY } from './group.story.js';
import { MESSAGE_STORY } from './message.story.js';
import { PAYMENT_STORY } from './payment.story.js';
import type { Step } from './steps.js';

/** All examples of both documents, in the order in which they can happen. test/e2e/documentation.e2e.ts lets them happen. */
export const STORY: readonly Step[] = [
  ...ACCOUNT_STORY,
  ...FRIEND_STORY,
  ...GROUP_STORY,
  ...PAYMENT_STORY,
  ...MESSAGE_STORY,
  ...FAREWELL_STORY,
];
