export { relationSchema } from './relation.schema.js';
export { FriendshipBegan, FriendshipCut, FriendshipEnded } from './relation.events.js';
export { RelationFacade } from './relation.facade.js';
export { RelationModule } from './relation.module.js';
