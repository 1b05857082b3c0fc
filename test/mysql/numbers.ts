import { createConnection } from 'mysql2/promise';
import type { MysqlMachine, MysqlMachines } from '../rig/mysql-machine.js';

/** Starts both, with a table that the application writes numbers into. */
export async function start(machines: MysqlMachines): Promise<void> {
  await machines.start();
  await machines.first.sql('CREATE TABLE ashwire.sample (id INT PRIMARY KEY)');
}

export const login = (machine: MysqlMachine, user: string, password: string) =>
  createConnection({ host: machine.options.address, port: machine.options.port, user, password });

/** As the application; the number is acknowledged when this resolves. */
export async function write(machine: MysqlMachine, id: number): Promise<number> {
  const connection = await login(machine, 'ashwire', machine.password('app'));
  try {
    await connection.query('INSERT INTO ashwire.sample VALUES (?)', [id]);
    return id;
  } finally {
    await connection.end().catch(() => undefined);
  }
}

export async function written(machine: MysqlMachine): Promise<number[]> {
  return (await machine.sql('SELECT id FROM ashwire.sample ORDER BY id')).map(({ id }) => Number(id));
}

export const isPrimary = async (machine: MysqlMachine): Promise<boolean> =>
  Number(await machine.value('@@read_only')) === 0;

/** It receives nothing from now on, and so acknowledges nothing. */
export const deafen = (machine: MysqlMachine): Promise<unknown> => machine.sql('STOP SLAVE IO_THREAD');
