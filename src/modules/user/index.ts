export { UserAdministration } from './user.administration.js';
export { UserChanged, UserDeleted } from './user.events.js';
export { type Person, UserFacade } from './user.facade.js';
export { UserModule } from './user.module.js';
export { userSchema } from './user.schema.js';
