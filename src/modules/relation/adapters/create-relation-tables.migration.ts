import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRelation1700000002000 implements MigrationInterface {
  name = 'CreateRelation1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'CREATE TABLE friendship (id varchar(22) NOT NULL PRIMARY KEY, user_low varchar(22) NOT NULL, user_high varchar(22) NOT NULL, since bigint NOT NULL)',
      'CREATE UNIQUE INDEX friendship_pair ON friendship (user_low, user_high)',
      'CREATE INDEX friendship_high ON friendship (user_high)',
      'CREATE TABLE friend_counter (user_id varchar(22) NOT NULL PRIMARY KEY, friends integer NOT NULL)',
      'CREATE TABLE friend_request (id varchar(22) NOT NULL PRIMARY KEY, requester_id varchar(22) NOT NULL, username varchar(32) NOT NULL, recipient_id varchar(22), created_at bigint NOT NULL)',
      'CREATE UNIQUE INDEX friend_request_asked ON friend_request (requester_id, username)',
      'CREATE INDEX friend_request_inbox ON friend_request (recipient_id)',
      'CREATE TABLE friend_invitation (id varchar(22) NOT NULL PRIMARY KEY, owner_id varchar(22) NOT NULL, code_hash varchar(43) NOT NULL, expires_at bigint NOT NULL)',
      'CREATE UNIQUE INDEX friend_invitation_code ON friend_invitation (code_hash)',
      'CREATE INDEX friend_invitation_owner ON friend_invitation (owner_id)',
      'CREATE TABLE user_block (blocker_id varchar(22) NOT NULL, blocked_id varchar(22) NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (blocker_id, blocked_id))',
      'CREATE INDEX user_block_blocked ON user_block (blocked_id)',
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['user_block', 'friend_invitation', 'friend_request', 'friend_counter', 'friendship']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
