import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateGroup1700000004000 implements MigrationInterface {
  name = 'CreateGroup1700000004000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'CREATE TABLE chat_group (id varchar(22) NOT NULL PRIMARY KEY, owner_id varchar(22) NOT NULL, creator_id varchar(22) NOT NULL, client_group_id varchar(22) NOT NULL, member_count integer NOT NULL CHECK (member_count BETWEEN 1 AND 5), created_at bigint NOT NULL)',
      'CREATE UNIQUE INDEX chat_group_created ON chat_group (creator_id, client_group_id)',
      'CREATE TABLE group_member (group_id varchar(22) NOT NULL, user_id varchar(22) NOT NULL, joined_at bigint NOT NULL, position integer NOT NULL, PRIMARY KEY (group_id, user_id))',
      'CREATE UNIQUE INDEX group_member_position ON group_member (group_id, position)',
      'CREATE INDEX group_member_user ON group_member (user_id)',
      'CREATE TABLE group_counter (user_id varchar(22) NOT NULL PRIMARY KEY, joined integer NOT NULL CHECK (joined BETWEEN 0 AND 20))',
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['group_counter', 'group_member', 'chat_group']) await runner.query(`DROP TABLE ${table}`);
  }
}
