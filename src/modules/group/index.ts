export { GroupCreated, GroupCut, GroupDissolved, GroupMembersLost } from './group.events.js';
export { GroupFacade } from './group.facade.js';
export { GroupModule } from './group.module.js';
export { groupSchema } from './group.schema.js';
