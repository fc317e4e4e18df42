// The server of check.js, after "paysession_for_medusa.sql -v undo=on".
const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { open } = require('./shop');

let shop, payments;

before(async () => {
	shop = await open('medusa', process.env.MEDUSA_PORT);
	payments = await shop.sql('SELECT count(*) FROM paysession.payment');
});
after(async () => {
	await shop.close();
});

test('it has its own table again, and nothing is left of the script', async () => {
	assert.deepEqual(await shop.sql(`
		SELECT relkind, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'payment\\_session%' AND relkind IN ('r', 'v')`),
	[{ relkind: 'r', relname: 'payment_session' }]);
	assert.deepEqual(await shop.sql(`
		SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'paysession\\_%'
		UNION ALL SELECT tgname FROM pg_trigger WHERE tgname LIKE 'paysession%' AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`), []);
	assert.deepEqual(await shop.sql(`
		SELECT count(*)::integer AS sessions, count(*) FILTER (WHERE ours.id IS NULL)::integer AS others
		FROM public.payment_session AS own FULL JOIN (SELECT * FROM paysession.payment_session WHERE status <> 'canceled') AS ours
			ON ours.id = own.id AND ours.status::text = own.status::text AND ours.amount = own.amount AND ours.data = own.data
				AND nullif(ours.is_selected, false) IS NOT DISTINCT FROM own.is_selected`),
	[{ sessions: Number((await shop.sql('SELECT count(*) FROM public.payment_session'))[0].count), others: 0 }]);
});

test('a checkout that was begun before', async () => {
	const [{ cart_id: cart }] = await shop.sql(`
		SELECT cart_id FROM public.payment_session GROUP BY 1 HAVING count(*) = 3 AND NOT bool_or(is_selected IS TRUE)`);

	await shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id: 'payb' });
	assert.equal((await shop.must('POST', `/store/carts/${cart}/complete`)).type, 'order');
});

test('a new one', async () => {
	const cart = await shop.cart();

	await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
	await shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id: 'payb' });
	await shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id: 'paya' });
	const { data: { id } } = await shop.must('POST', `/store/carts/${cart}/complete`);

	await shop.must('POST', `/admin/orders/${id}/capture`);
	await shop.must('POST', `/admin/orders/${id}/refund`, { amount: 500, reason: 'other' });
	assert.deepEqual(await shop.sql('SELECT status FROM public.payment_session WHERE cart_id = $1 AND is_selected', cart), [{ status: 'authorized' }]);
	assert.deepEqual(await shop.sql('SELECT count(*) FROM paysession.payment'), payments);
});
