import type { EntityManager } from 'typeorm';

/** As MariaDB names them, and as MySQL does. */
const VARIABLES = ['master', 'source'].map((role) => `Rpl_semi_sync_${role}_`);

/**
 * Whether a standby has what is committed before the commit returns. Semi-synchronous replication that is on without a standby
 * would only make every commit wait.
 */
export async function hasStandby(manager: EntityManager): Promise<boolean> {
  const names = VARIABLES.flatMap((name) => [`'${name}status'`, `'${name}clients'`]).join();
  const sql = `SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`;
  const rows = await manager.query<{ Variable_name: string; Value: string }[]>(sql);
  const values = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
  return VARIABLES.some((name) => values.get(`${name}status`) === 'ON' && Number(values.get(`${name}clients`)) > 0);
}
