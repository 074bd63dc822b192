import { UserError } from '../../core/errors.ts';
import type { AuditStore } from '../store.ts';
import { migrate, postgresStore, type Query } from './store.ts';

/** Connections of one process. A worker needs one per job in flight, and one for its pace. */
const POOL = 8;

export interface Connection {
  readonly query: Query;
  readonly close: () => Promise<void>;
}

/** @throws UserError where `pg` is not installed or the server cannot be reached. */
export async function connect(url: string): Promise<Connection & { readonly script: (sql: string) => Promise<unknown> }> {
  const pg = await import('pg').catch(() => {
    throw new UserError('--store postgres:// needs two more packages: npm install pg pg-boss@10');
  });
  const pool = new pg.default.Pool({ connectionString: url, max: POOL });
  pool.on('error', () => undefined);
  const query: Query = async <T>(text: string, values: readonly unknown[] = []) => (await pool.query(text, [...values])).rows as T[];
  await query('select 1').catch((error: unknown) => {
    // The URL holds a password; the message of the driver does not.
    throw new UserError(
      `cannot reach the database: ${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error)}`,
    );
  });
  return { query, script: (sql) => pool.query(sql), close: () => pool.end() };
}

export async function openPostgresStore(url: string): Promise<AuditStore> {
  const { query, script, close } = await connect(url);
  await migrate(query, script);
  return postgresStore(query, close);
}
