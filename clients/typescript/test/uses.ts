// What must compile: tsc says so, nothing runs it.

import { Client, Pool, type PoolClient } from 'pg';
import {
	isDatabaseError, ps_authorize, ps_begin, ps_complete_cart, ps_create, ps_events, ps_expire, ps_finish, ps_get, ps_id_time, ps_list,
	ps_own_routes, ps_purge, ps_put_cart, ps_receive, ps_route, refusal, retryable, transaction, types,
	type ClaimedOperation, type Constraint, type EventsRow, type Json, type JsonObject, type Payment, type PaymentSession, type Queryable,
} from 'paysession';

// assignable both ways, which any would be too
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_same: Same<A, B>): void {}

declare const pool: Pool;
declare const client: Client;
declare const pooled: PoolClient;

export const anything: Queryable[] = [pool, client, pooled, { query: (query) => pool.query(query) }];

export async function results() {
	const session = await ps_create(pool, 'cart', 'stripe');
	is<typeof session, PaymentSession>(true);
	is<typeof session.status, 'authorized' | 'pending' | 'requires_more' | 'error' | 'canceled'>(true);
	is<typeof session.amount, number | null>(true);
	is<typeof session.created_at, Date>(true);
	is<typeof session.data, JsonObject>(true);
	is<typeof session.is_initiated, boolean>(true);

	const operation = await ps_begin(client, session.id, { lease: '2 minutes' });
	is<typeof operation, ClaimedOperation>(true);
	is<typeof operation.kind, 'authorize' | 'capture' | 'refund' | 'void'>(true);
	is<typeof operation.claimed, boolean>(true);

	const payment = await ps_complete_cart(pooled, { cart_id: 'cart' });
	is<typeof payment, Payment | null>(true);
	is<Payment['status'], 'canceled' | 'refunded' | 'partially_refunded' | 'captured' | 'partially_captured' | 'authorized'>(true);
	is<Payment['capturable_amount'], number>(true);

	is<Awaited<ReturnType<typeof ps_list>>, PaymentSession[]>(true);
	is<Awaited<ReturnType<typeof ps_events>>, EventsRow[]>(true);
	is<EventsRow['txid'], string>(true);
	is<EventsRow['from_status'], PaymentSession['status'] | null>(true);
	is<Awaited<ReturnType<typeof ps_purge>>, number>(true);
	is<Awaited<ReturnType<typeof ps_route>>, number>(true);
	is<Awaited<ReturnType<typeof ps_id_time>>, Date>(true);
	is<Awaited<ReturnType<typeof ps_own_routes>>, string | null>(true);
	is<Awaited<ReturnType<typeof ps_get>>, Json>(true);
}

interface CartOfMine {
	id: string;
	items: { unit_price: number; quantity: number }[];
}

export async function args(cart: CartOfMine, maybe: number | undefined) {
	await ps_put_cart(pool, cart);
	await ps_authorize(pool, 'ps', { amount: maybe, data: { nested: [1, null, { deep: true }] }, provider_ref: null });
	await ps_list(pool, { status: 'error', created_before: new Date() });
	await ps_finish(pool, 'op', 'succeeded', { amount: 1 });
	await ps_receive(pool, 'stripe', 'evt', 'dispute_lost', { occurred_at: new Date() });
	await ps_own_routes(pool, null);
	await ps_expire(pool);
}

export async function errors(error: unknown): Promise<string | undefined> {
	switch (refusal(error)) {
		case 'payment_session_expired':
		case 'payment_session_transition':
			return 'too late';
	}
	is<ReturnType<typeof refusal>, Constraint | undefined>(true);
	return isDatabaseError(error) ? error.code : retryable(error) ? 'again' : undefined;
}

export async function transactions() {
	const payment = await transaction(pool, async (db) => {
		is<typeof db, PoolClient>(true);
		await db.query('INSERT INTO shop_order DEFAULT VALUES');
		return ps_complete_cart(db, { cart_id: 'cart' });
	}, { isolation: 'serializable', attempts: 3 });
	is<typeof payment, Payment | null>(true);
}

export async function ownQuery(): Promise<PaymentSession[]> {
	return (await pool.query<PaymentSession>({ text: 'SELECT * FROM paysession.payment_session WHERE amount > $1', values: [1], types })).rows;
}
