import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateChat1700000003000 implements MigrationInterface {
  name = 'CreateChat1700000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE conversation (id varchar(22) PRIMARY KEY NOT NULL, epoch int NOT NULL)');
    await runner.query(
      `CREATE TABLE conversation_member (
        conversation_id varchar(22) NOT NULL, user_id varchar(22) NOT NULL,
        burn_after_read_seconds int, applied_epoch int NOT NULL,
        PRIMARY KEY (conversation_id, user_id))`,
    );
    await runner.query(
      `CREATE TABLE handshake (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, kind varchar(8) NOT NULL,
        sender_id varchar(22) NOT NULL, sender_device_id varchar(22) NOT NULL,
        commit_message text, accepted_at bigint NOT NULL,
        PRIMARY KEY (conversation_id, epoch))`,
    );
    await runner.query(
      `CREATE TABLE handshake_welcome (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, device_id varchar(22) NOT NULL, message text NOT NULL,
        PRIMARY KEY (conversation_id, epoch, device_id))`,
    );
    await runner.query('CREATE INDEX handshake_accepted_at ON handshake (accepted_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['handshake_welcome', 'handshake', 'conversation_member', 'conversation']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

/**
 * Handshakes name their members and have one welcome for several devices. Those that wait are dropped: whoever misses one
 * starts a new session, as after 30 days.
 */
export class GroupHandshakes1700000005000 implements MigrationInterface {
  name = 'GroupHandshakes1700000005000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'ALTER TABLE conversation ADD COLUMN is_changing boolean NOT NULL DEFAULT 0',
      'ALTER TABLE conversation_member ADD COLUMN joined_epoch int NOT NULL DEFAULT 0',
      'DROP TABLE handshake_welcome',
      'DROP TABLE handshake',
      `CREATE TABLE handshake (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, kind varchar(8) NOT NULL,
        sender_id varchar(22) NOT NULL, sender_device_id varchar(22), members varchar(120) NOT NULL,
        commit_message mediumtext, welcome_message mediumtext, sealed_name varchar(400), accepted_at bigint NOT NULL,
        PRIMARY KEY (conversation_id, epoch))`,
      `CREATE TABLE handshake_welcome (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, device_id varchar(22) NOT NULL,
        PRIMARY KEY (conversation_id, epoch, device_id))`,
      'CREATE INDEX handshake_accepted_at ON handshake (accepted_at)',
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'DROP TABLE handshake_welcome',
      'DROP TABLE handshake',
      `CREATE TABLE handshake (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, kind varchar(8) NOT NULL,
        sender_id varchar(22) NOT NULL, sender_device_id varchar(22) NOT NULL,
        commit_message text, accepted_at bigint NOT NULL,
        PRIMARY KEY (conversation_id, epoch))`,
      `CREATE TABLE handshake_welcome (
        conversation_id varchar(22) NOT NULL, epoch int NOT NULL, device_id varchar(22) NOT NULL, message text NOT NULL,
        PRIMARY KEY (conversation_id, epoch, device_id))`,
      'CREATE INDEX handshake_accepted_at ON handshake (accepted_at)',
      'ALTER TABLE conversation_member DROP COLUMN joined_epoch',
      'ALTER TABLE conversation DROP COLUMN is_changing',
    ]) {
      await runner.query(statement);
    }
  }
}
