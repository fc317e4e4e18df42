import { types, type Queryable } from './database';
import { retryable } from './errors';

/** A Pool of pg. */
export interface Connectable {
	connect(): Promise<PooledConnection>;
}

/** A PoolClient of pg. */
export interface PooledConnection extends Queryable {
	release(error?: Error | boolean): void;
	on(event: 'error', listener: (error: Error) => void): unknown;
	off(event: 'error', listener: (error: Error) => void): unknown;
}

// pg's connect has two signatures, and of several TypeScript infers from the last.
type ConnectionOf<Pool> = Pool extends { connect: { (): Promise<infer Connection>; (callback: any): any } } ? Connection : never;

export interface TransactionOptions {
	/** how often it is tried at most; 5 */
	attempts?: number | undefined;
	isolation?: 'read committed' | 'repeatable read' | 'serializable' | undefined;
}

/**
 * Runs `work` in a transaction, and again, all of it, when that met another one and lost. So `work` may do nothing that
 * cannot be done twice: call the payment provider between two transactions, never within one.
 */
export async function transaction<Pool extends Connectable, Result>(
	pool: Pool,
	work: (db: ConnectionOf<Pool>) => Promise<Result>,
	options: TransactionOptions = {},
): Promise<Result> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await once(pool, work, options.isolation);
		} catch (error) {
			if (!retryable(error) || attempt >= (options.attempts ?? 5)) {
				throw error;
			}
		}
		// two that met wait for different times, so that they do not meet again
		await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
	}
}

async function once<Pool extends Connectable, Result>(
	pool: Pool,
	work: (db: ConnectionOf<Pool>) => Promise<Result>,
	isolation: TransactionOptions['isolation'],
): Promise<Result> {
	const db = await pool.connect();
	let broken: Error | undefined;
	// A connection that is lost says so to its statement; unheard, it would end the program besides.
	const listener = () => {};
	db.on('error', listener);
	try {
		await db.query({ text: isolation ? `BEGIN ISOLATION LEVEL ${isolation}` : 'BEGIN', types });
		const result = await work(db as ConnectionOf<Pool>);
		// of a transaction in which a statement has failed, COMMIT is a rollback
		if ((await db.query({ text: 'COMMIT', types })).command !== 'COMMIT') {
			throw new Error('the transaction was rolled back: a statement in it had failed');
		}
		return result;
	} catch (error) {
		// what cannot even roll back does not go back into the pool
		await db.query({ text: 'ROLLBACK', types }).catch((reason) => { broken = reason; });
		throw error;
	} finally {
		db.off('error', listener);
		db.release(broken);
	}
}
