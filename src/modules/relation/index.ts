export { relationSchema } from './relation.schema.js';
export { FriendshipBegan, FriendshipEnded, FriendshipSubject } from './relation.events.js';
export { type Friendship, RelationFacade } from './relation.facade.js';
export { RelationModule } from './relation.module.js';
