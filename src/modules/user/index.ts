export { verifySignature } from './domain/ed25519.js';
export { serverNameOf } from './domain/server-name.js';
export { UserAdministration } from './user.administration.js';
export { PresenceSharingChanged, UserChanged, UserDeleted } from './user.events.js';
export { type Person, UserFacade } from './user.facade.js';
export { UserModule } from './user.module.js';
export { userSchema } from './user.schema.js';
