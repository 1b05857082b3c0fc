/** The SDK with the storage for Node: a folder, encrypted. */
export * from './index.js';
export { openSqliteStorage } from './storage/adapters/sqlite-storage.js';
