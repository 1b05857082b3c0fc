export { chatSchema } from './adapters/chat.schema.js';
export { ChatModule } from './chat.module.js';
