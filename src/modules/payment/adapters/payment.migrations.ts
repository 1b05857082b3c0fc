import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES: Readonly<Record<string, string>> = {
  payment_account: `
    id varchar(40) NOT NULL PRIMARY KEY, kind varchar(6) NOT NULL, user_id varchar(22) NOT NULL,
    currency varchar(3) NOT NULL, balance bigint NOT NULL, created_at bigint NOT NULL,
    CHECK (kind IN ('user', 'escrow', 'issue', 'fees')),
    CHECK ((kind = 'user') = (user_id <> '')),
    CHECK (kind = 'issue' OR balance >= 0),
    UNIQUE (kind, user_id, currency)`,
  ledger_entry: `
    seq bigint NOT NULL PRIMARY KEY, posting_id varchar(40) NOT NULL, line int NOT NULL, account_id varchar(40) NOT NULL,
    kind varchar(12) NOT NULL, reference varchar(22) NOT NULL, counterpart_id varchar(22), amount bigint NOT NULL,
    balance_after bigint NOT NULL, at bigint NOT NULL, previous_hash varchar(43) NOT NULL, hash varchar(43) NOT NULL,
    CHECK (seq >= 1),
    CHECK (amount <> 0),
    CHECK (kind IN ('transfer', 'red-packet', 'refund', 'top-up', 'withdrawal', 'fee')),
    UNIQUE (posting_id, line),
    FOREIGN KEY (account_id) REFERENCES payment_account (id)`,
  ledger_head: `
    id int NOT NULL PRIMARY KEY, seq bigint NOT NULL, hash varchar(43) NOT NULL,
    CHECK (id = 1)`,
  payment_order: `
    id varchar(22) NOT NULL PRIMARY KEY, kind varchar(12) NOT NULL, payer_id varchar(22) NOT NULL,
    payee_id varchar(22) NOT NULL, payee_key varchar(43) NOT NULL, amount bigint NOT NULL, currency varchar(3) NOT NULL,
    issued_at bigint NOT NULL, new_key_confirmed boolean NOT NULL, server varchar(255) NOT NULL,
    payer_key varchar(43) NOT NULL, signature varchar(86) NOT NULL, state varchar(7) NOT NULL,
    created_at bigint NOT NULL, expires_at bigint, settled_at bigint,
    CHECK (kind IN ('transfer', 'red-packet')),
    CHECK (state IN ('pending', 'posted', 'voided')),
    CHECK (amount > 0),
    CHECK (payer_id <> payee_id),
    CHECK ((expires_at IS NULL) = (kind = 'transfer')),
    CHECK ((settled_at IS NULL) = (state = 'pending'))`,
  payment_day: `
    user_id varchar(22) NOT NULL, day int NOT NULL, spent bigint NOT NULL,
    PRIMARY KEY (user_id, day),
    CHECK (spent >= 0)`,
  top_up: `
    id varchar(22) NOT NULL PRIMARY KEY, user_id varchar(22) NOT NULL, amount bigint NOT NULL, currency varchar(3) NOT NULL,
    state varchar(7) NOT NULL, created_at bigint NOT NULL, expires_at bigint NOT NULL, settled_at bigint,
    pay_at varchar(2000),
    CHECK (state IN ('pending', 'posted', 'voided')),
    CHECK (amount > 0),
    CHECK ((settled_at IS NULL) = (state = 'pending'))`,
  withdrawal: `
    id varchar(22) NOT NULL PRIMARY KEY, user_id varchar(22) NOT NULL, amount bigint NOT NULL, fee bigint NOT NULL,
    currency varchar(3) NOT NULL, destination varchar(200) NOT NULL, state varchar(7) NOT NULL, created_at bigint NOT NULL,
    offer_at bigint, settled_at bigint, server varchar(255) NOT NULL, identity_key varchar(43) NOT NULL,
    issued_at bigint NOT NULL, signature varchar(86) NOT NULL,
    CHECK (state IN ('pending', 'posted', 'voided')),
    CHECK (amount > 0 AND fee >= 0),
    CHECK ((settled_at IS NULL) = (state = 'pending'))`,
  provider_event: 'id varchar(255) NOT NULL PRIMARY KEY, reference varchar(22) NOT NULL, received_at bigint NOT NULL',
};

const INDEXES = [
  'CREATE INDEX ledger_entry_account ON ledger_entry (account_id, seq)',
  'CREATE INDEX payment_order_due ON payment_order (state, expires_at)',
  'CREATE INDEX payment_order_payer ON payment_order (payer_id, state)',
  'CREATE INDEX payment_order_payee ON payment_order (payee_id, state)',
  'CREATE INDEX top_up_due ON top_up (state, expires_at)',
  'CREATE INDEX withdrawal_due ON withdrawal (state, offer_at)',
  'CREATE INDEX withdrawal_user ON withdrawal (user_id, state)',
  'CREATE INDEX provider_event_received ON provider_event (received_at)',
];

export class CreatePayment1700000006000 implements MigrationInterface {
  name = 'CreatePayment1700000006000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(TABLES)) await runner.query(`CREATE TABLE ${table} (${columns})`);
    for (const statement of INDEXES) await runner.query(statement);
    await runner.query("INSERT INTO ledger_head (id, seq, hash) VALUES (1, 0, '')");
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TABLES).reverse()) await runner.query(`DROP TABLE ${table}`);
  }
}
