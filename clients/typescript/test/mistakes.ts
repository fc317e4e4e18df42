// What must not compile: each line with a TS number must be refused with it, and no other.

import type { Pool } from 'pg';
import {
	ps_authorize, ps_capture, ps_complete_cart, ps_create, ps_finish, ps_get, ps_id_time, ps_idempotency_begin, ps_list, ps_put_cart,
	ps_put_provider, ps_receive, ps_refund, ps_select, refusal, transaction, type PaymentSession,
} from 'paysession';

declare const pool: Pool;
declare const session: PaymentSession;

ps_list(pool, { status: 'paid' }); // TS2322
ps_finish(pool, 'op_1', 'success'); // TS2345
ps_finish(pool, 'op_1'); // TS2554
ps_receive(pool, 'stripe', 'evt_1', 'payment_intent.succeeded'); // TS2345
ps_refund(pool, 'pay_1', { reason: 'chargeback' }); // TS2322
ps_put_provider(pool, 'stripe', { capture_method: 'auto' }); // TS2322
ps_get(pool, 'ps_1', { expand: ['payments'] }); // TS2820

ps_create(pool, 'cart_1'); // TS2554
ps_select(pool); // TS2554
ps_select('ps_1'); // TS2554
ps_select({}, 'ps_1'); // TS2345
ps_select(pool, null); // TS2345
ps_select(pool, session.cart_id); // TS2345
ps_idempotency_begin(pool, 'key', 'POST', '/checkout'); // TS2554

ps_authorize(pool, 'ps_1', { ammount: 5399 }); // TS2561
ps_authorize(pool, 'ps_1', 5399); // TS2559
ps_authorize(pool, 'ps_1', { amount: '5399' }); // TS2322
ps_authorize(pool, 'ps_1', { amount: 5399n }); // TS2322
ps_capture(pool, 'pay_1', { metadata: null }); // TS2322
ps_put_cart(pool, undefined); // TS2345
ps_list(pool, { created_before: '2030-01-01' }); // TS2322

if (session.status === 'captured') {} // TS2367
session.amount + 1; // TS18047
session.data.client_secret = 5399n; // TS2322
ps_id_time(pool, 'ps_1').getTime(); // TS2339
ps_complete_cart(pool, { cart_id: 'cart_1' }).then((payment) => payment.id); // TS18047
if (refusal(new Error()) === 'payment_session_expire') {} // TS2367
transaction(pool, async (db) => db.commit()); // TS2339
transaction(pool, async () => 1, { isolation: 'snapshot' }); // TS2322
