import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids, keys and hashes are case-sensitive: on MySQL the database's collation must be utf8mb4_bin. */
export class CreateUserTables1700000001000 implements MigrationInterface {
  name = 'CreateUserTables1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ACCOUNTS, ...SESSIONS, ...KEY_PACKAGES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = [
  'user_registration_invitation',
  'user_key_package',
  'user_session',
  'user_key_history',
  'user_device',
  'user_account',
];

const ACCOUNTS = [
  `CREATE TABLE user_account (
    userId varchar(22) NOT NULL PRIMARY KEY,
    username varchar(32) NOT NULL,
    role varchar(8) NOT NULL,
    displayName varchar(64) NOT NULL,
    avatarColour varchar(16) NOT NULL,
    identityKey varchar(43) NOT NULL,
    keyVersion int NOT NULL,
    sharePresence boolean NOT NULL,
    shareTyping boolean NOT NULL,
    shareRead boolean NOT NULL,
    burnAfterReadSeconds int NOT NULL,
    createdAt bigint NOT NULL
  )`,
  'CREATE UNIQUE INDEX user_account_username ON user_account (username)',
  'CREATE INDEX user_account_created_at ON user_account (createdAt)',
  `CREATE TABLE user_device (
    deviceId varchar(22) NOT NULL PRIMARY KEY,
    userId varchar(22) NOT NULL,
    activeOf varchar(22) NULL,
    leafKey varchar(43) NOT NULL,
    createdAt bigint NOT NULL,
    signature varchar(86) NOT NULL,
    lastSeenAt bigint NOT NULL,
    revokedAt bigint NULL
  )`,
  'CREATE UNIQUE INDEX user_device_active_of ON user_device (activeOf)',
  'CREATE INDEX user_device_user_id ON user_device (userId)',
  `CREATE TABLE user_key_history (
    userId varchar(22) NOT NULL,
    version int NOT NULL,
    identityKey varchar(43) NOT NULL,
    createdAt bigint NOT NULL,
    previousHash varchar(43) NOT NULL,
    hash varchar(43) NOT NULL,
    signature varchar(86) NOT NULL,
    PRIMARY KEY (userId, version)
  )`,
  'CREATE UNIQUE INDEX user_key_history_identity_key ON user_key_history (identityKey)',
];

const SESSIONS = [
  `CREATE TABLE user_session (
    sessionId varchar(22) NOT NULL PRIMARY KEY,
    userId varchar(22) NOT NULL,
    deviceId varchar(22) NOT NULL,
    refreshHash varchar(43) NOT NULL,
    createdAt bigint NOT NULL,
    lastUsedAt bigint NOT NULL,
    expiresAt bigint NOT NULL,
    ended varchar(16) NULL
  )`,
  'CREATE INDEX user_session_user_id ON user_session (userId)',
  `CREATE TABLE user_registration_invitation (
    codeHash varchar(43) NOT NULL PRIMARY KEY,
    expiresAt bigint NOT NULL
  )`,
];

const KEY_PACKAGES = [
  `CREATE TABLE user_key_package (
    hash varchar(43) NOT NULL PRIMARY KEY,
    userId varchar(22) NOT NULL,
    deviceId varchar(22) NOT NULL,
    keyPackage text NOT NULL,
    state varchar(16) NOT NULL,
    uploadedAt bigint NOT NULL,
    notAfter bigint NOT NULL
  )`,
  'CREATE INDEX user_key_package_user_id ON user_key_package (userId, state, uploadedAt)',
];
