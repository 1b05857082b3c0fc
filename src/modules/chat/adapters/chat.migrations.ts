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
