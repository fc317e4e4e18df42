// A shop on a Medusa server whose payment sessions are the extension's: what
// Medusa answers, and what the extension then has.
const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { open } = require('./shop');

let shop;

before(async () => {
	shop = await open('medusa', process.env.MEDUSA_PORT);
});
after(async () => {
	await shop.close();
});

// A cart with sessions, one of them selected.
const cartOf = async (provider, variant) => {
	const cart = await shop.cart(variant);

	await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
	if (provider)
		await select(cart, provider);
	return cart;
};
const select = (cart, provider_id) => shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id });
const addCup = (cart) => shop.must('POST', `/store/carts/${cart}/line-items`, { variant_id: shop.cup, quantity: 1 });
const complete = (cart) => shop.call('POST', `/store/carts/${cart}/complete`);
const authorize = (cart) => shop.must('POST', '/test/services/cartService/authorizePayment', [cart]);
const gateway = (...answers) => shop.must('POST', '/test/answers', answers);
const order = async (provider) => (await shop.must('POST', `/store/carts/${await cartOf(provider)}/complete`)).data;

const lines = async (text, ...values) => (await shop.sql(text, ...values)).map((row) => Object.values(row).join(' '));
// "paya* pending 3600": the selected one has a star.
const sessions = (cart) => lines(`
	SELECT provider_id || CASE WHEN is_selected THEN '*' ELSE '' END, status, amount
	FROM paysession.payment_session WHERE cart_id = $1 ORDER BY provider_id, created_at, id`, cart);
const history = (cart, provider) => lines(`
	SELECT coalesce(to_status::text, 'deleted') || CASE WHEN event.is_selected THEN '*' ELSE '' END, event.amount
	FROM paysession.payment_session_event AS event JOIN paysession.payment_session AS session ON session.id = session_id
	WHERE cart_id = $1 AND provider_id = $2 ORDER BY event.id`, cart, provider);
const payments = (cart) => lines(`
	SELECT status, amount, captured_amount, refunded_amount, voided_amount FROM paysession.payment WHERE cart_id = $1 ORDER BY created_at, id`, cart);
const operations = (cart) => lines(`
	SELECT kind, operation.status, operation.amount FROM paysession.payment_operation AS operation
		JOIN paysession.payment_session AS session ON session.id = session_id
	WHERE cart_id = $1 ORDER BY operation.id`, cart);

const openIntents = async (cart) => (await shop.intents(cart)).filter((intent) => intent.is_open).map((intent) => intent.amount);

test('sessions of all providers, the one that is selected, another one', async () => {
	const cart = await cartOf();

	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payb pending 3600', 'payc pending 3600']);
	await select(cart, 'paya');
	assert.deepEqual(await sessions(cart), ['paya* pending 3600', 'payb pending 3600', 'payc pending 3600']);
	await select(cart, 'payb');
	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payb* pending 3600', 'payc pending 3600']);
	assert.deepEqual(await history(cart, 'paya'), ['pending 3600', 'pending* 3600', 'deleted 3600', 'pending 3600']);
	assert.deepEqual(await history(cart, 'payb'), ['pending 3600', 'pending* 3600']);
	assert.deepEqual(await openIntents(cart), [3600]);

	await shop.must('DELETE', `/store/carts/${cart}/payment-sessions/payb`);
	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payc pending 3600']);
	await select(cart, 'paya');
	await shop.must('POST', `/store/carts/${cart}/payment-sessions/paya/refresh`);
	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payc pending 3600']);
	assert.deepEqual(await history(cart, 'paya'), ['pending 3600'], 'it is a new one');
	await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payb pending 3600', 'payc pending 3600']);
});

test('a session is what Medusa reads', async () => {
	const cart = await cartOf('paya');
	const read = (await shop.must('GET', `/store/carts/${cart}`)).cart;
	const [ours] = await shop.sql("SELECT * FROM paysession.payment_session WHERE cart_id = $1 AND is_selected", cart);

	assert.equal(read.payment_sessions.length, 3);
	assert.equal(read.payment_session.id, ours.id);
	assert.equal(read.payment_session.amount, 3600);
	assert.equal(read.payment_session.is_initiated, true);
	assert.deepEqual(read.payment_session.data, ours.data);
	assert.equal(read.payment_session.idempotency_key, ours.idempotency_key);
	assert.equal(read.payment_session.created_at, ours.created_at.toISOString());
	assert.equal(read.payment_session.updated_at, ours.updated_at.toISOString());
});

test('a total that changes', async () => {
	const cart = await cartOf('paya');

	await addCup(cart);
	assert.deepEqual(await sessions(cart), ['paya* pending 4800', 'payb pending 4800', 'payc pending 4800']);
	assert.deepEqual(await openIntents(cart), [4800]);
});

test('an authorization that needs more, fails, succeeds', async () => {
	const cart = await cartOf('paya');

	await gateway('requires_more', 'error');
	assert.equal((await complete(cart)).body.payment_status, 'requires_more');
	assert.equal((await sessions(cart))[0], 'paya* requires_more 3600');
	assert.equal((await complete(cart)).body.message, 'Cart payment not authorized');
	assert.equal((await sessions(cart))[0], 'paya* error 3600');
	assert.deepEqual(await payments(cart), []);

	const { body: { type, data } } = await complete(cart);

	assert.equal(type, 'order');
	assert.equal((await sessions(cart))[0], 'paya* authorized 3600');
	assert.deepEqual(await history(cart, 'paya'),
		['pending 3600', 'pending* 3600', 'requires_more* 3600', 'error* 3600', 'authorized* 3600']);
	assert.deepEqual(await payments(cart), ['authorized 3600 0 0 0']);
	assert.deepEqual(await shop.sql('SELECT id, order_id, session_id FROM paysession.payment WHERE cart_id = $1', cart), [{
		id: data.payments[0].id, order_id: data.id,
		session_id: (await shop.sql('SELECT id FROM public.payment_session WHERE cart_id = $1 AND is_selected', cart))[0].id,
	}]);
	assert.equal((await shop.sql('SELECT completed_at FROM paysession.cart WHERE id = $1', cart))[0].completed_at.toISOString(),
		(await shop.must('GET', `/store/carts/${cart}`)).cart.completed_at);
	assert.equal((await complete(cart)).body.data.id, data.id, 'and once only');
});

test('one that is canceled: the next one is another session', async () => {
	const cart = await cartOf('paya');

	await gateway('canceled');
	assert.equal((await complete(cart)).status, 400);
	assert.equal((await sessions(cart))[0], 'paya canceled 3600');
	assert.deepEqual(await operations(cart), ['void pending 3600']);
	assert.deepEqual((await shop.must('GET', `/store/carts/${cart}`)).cart.payment_sessions.map((session) => session.provider_id).sort(),
		['payb', 'payc']);
	await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
	await select(cart, 'paya');
	assert.equal((await complete(cart)).body.type, 'order');
	assert.deepEqual(await sessions(cart), ['paya canceled 3600', 'paya* authorized 3600', 'payb pending 3600', 'payc pending 3600']);
});

test('capture and refunds', async () => {
	const { id, cart_id: cart, payments: [payment] } = await order('payb');
	const refund = (what, amount) => shop.call('POST', `/admin/${what}/refund`, { amount, reason: 'return', note: 'late' });
	const refunded = async () => (await shop.sql('SELECT amount_refunded FROM public.payment WHERE id = $1', payment.id))[0].amount_refunded;

	assert.equal((await refund(`payments/${payment.id}`, 500)).status, 400, 'not captured');
	await shop.must('POST', `/admin/orders/${id}/capture`);
	assert.deepEqual(await payments(cart), ['captured 3600 3600 0 0']);
	assert.equal((await refund(`orders/${id}`, 500)).status, 200);
	assert.equal(await refunded(), 500);
	assert.equal((await refund(`payments/${payment.id}`, 600)).status, 200);
	assert.equal(await refunded(), 1100);
	assert.equal((await refund(`payments/${payment.id}`, 2501)).status, 400);
	assert.equal((await refund(`orders/${id}`, 2501)).status, 400);
	assert.equal((await refund(`payments/${payment.id}`, -100)).status, 500);
	assert.deepEqual(await payments(cart), ['partially_refunded 3600 3600 1100 0']);
	assert.deepEqual(await operations(cart), ['capture succeeded 3600', 'refund succeeded 500', 'refund succeeded 600']);
	assert.deepEqual(await lines('SELECT amount, reason, note FROM paysession.refund WHERE payment_id = $1 ORDER BY id', payment.id),
		['500 return late', '600 return late']);
	assert.equal((await refund(`payments/${payment.id}`, 2500)).status, 200);
	assert.deepEqual(await payments(cart), ['refunded 3600 3600 3600 0']);
});

test('a draft order that is paid', async () => {
	const { draft_order: { id, cart_id: cart } } = await shop.must('POST', '/admin/draft-orders', {
		email: 'customer@example.com', region_id: shop.region.id, items: [{ variant_id: shop.cup, quantity: 3 }], shipping_methods: [],
	});
	const { order: { id: order } } = await shop.must('POST', `/admin/draft-orders/${id}/pay`);

	assert.deepEqual(await sessions(cart), ['system* authorized 3600']);
	assert.deepEqual(await lines('SELECT order_id, status FROM paysession.payment WHERE cart_id = $1', cart), [`${order} captured`]);
});

test('an order that is canceled', async () => {
	const { id, cart_id: cart } = await order('paya');

	await shop.must('POST', `/admin/orders/${id}/cancel`);
	assert.deepEqual(await payments(cart), ['canceled 3600 0 0 3600']);
	assert.equal((await sessions(cart))[0], 'paya canceled 3600');
	assert.deepEqual(await operations(cart), ['void succeeded 3600']);
});

test('an order for which there is nothing left', async () => {
	const plate = await shop.variant('Plate', 3);
	const [first, cart] = [await cartOf('paya', plate), await cartOf('paya', plate)];

	assert.equal((await complete(first)).body.type, 'order');
	assert.equal((await complete(cart)).status, 409);
	assert.deepEqual(await payments(cart), ['canceled 3600 0 0 3600']);
	assert.equal((await sessions(cart))[0], 'paya canceled 3600');
});

test('what is authorized stays', async () => {
	const cart = await cartOf('paya');
	const is = ['paya* authorized 3600', 'payb pending 3600', 'payc pending 3600'];

	await authorize(cart);
	assert.deepEqual(await sessions(cart), is);
	for (const [method, path, body, status] of [
		['POST', 'payment-session', { provider_id: 'payb' }, 500],
		['POST', 'payment-session', { provider_id: 'paya' }, 500],
		['DELETE', 'payment-sessions/paya', undefined, 500],
		['POST', 'payment-sessions/paya/refresh', undefined, 500],
		['POST', 'complete', undefined, 422],
	])
		assert.equal((await shop.call(method, `/store/carts/${cart}/${path}`, body)).status, status, path);
	assert.equal((await shop.call('POST', `/store/carts/${cart}/line-items`, { variant_id: shop.cup, quantity: 1 })).status, 500);
	assert.deepEqual(await sessions(cart), is);
	assert.deepEqual(await payments(cart), ['authorized 3600 0 0 0']);
	assert.deepEqual(await history(cart, 'paya'), ['pending 3600', 'pending* 3600', 'authorized* 3600']);

	// Until the payment is canceled.
	await shop.sql('UPDATE public.payment SET canceled_at = now() WHERE cart_id = $1', cart);
	await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
	await select(cart, 'paya');
	assert.equal((await complete(cart)).body.type, 'order');
	assert.deepEqual(await sessions(cart), ['paya canceled 3600', 'paya* authorized 4800', 'payb pending 4800', 'payc pending 4800']);
	assert.deepEqual(await payments(cart), ['canceled 3600 0 0 3600', 'authorized 4800 0 0 0']);
});

test('a payment that is not what was authorized stays Medusa\'s alone', async () => {
	const cart = await cartOf('payc');

	await addCup(cart);
	const { data: { id } } = (await complete(cart)).body;

	assert.deepEqual(await sessions(cart), ['paya pending 4800', 'payb pending 4800', 'payc* authorized 3600']);
	assert.deepEqual(await payments(cart), []);
	assert.deepEqual(await lines('SELECT amount, session_amount FROM paysession_for_medusa.stray_payment WHERE cart_id = $1', cart), ['4800 3600']);
	await shop.must('POST', `/admin/orders/${id}/capture`);
	await shop.must('POST', `/admin/orders/${id}/refund`, { amount: 1000, reason: 'other' });
	assert.deepEqual(await lines('SELECT amount, amount_refunded FROM public.payment WHERE order_id = $1', id), ['4800 1000']);
});

test('a payment collection, paid in two parts', async () => {
	const collection = await shop.collection(1000);
	const url = `/store/payment-collections/${collection}`;
	const anchored = () => lines(`
		SELECT provider_id, status, amount, currency_code FROM paysession.payment_session
		WHERE id IN (SELECT payment_session_id FROM public.payment_collection_sessions WHERE payment_collection_id = $1)
		ORDER BY amount`, collection);
	const { payment_collection: { payment_sessions: parts } } = await shop.must('POST', `${url}/sessions/batch`,
		{ sessions: [{ provider_id: 'paya', amount: 400 }, { provider_id: 'paya', amount: 600 }] });

	assert.deepEqual(await anchored(), ['paya pending 400 eur', 'paya pending 600 eur']);
	parts.sort((a, b) => a.amount - b.amount);
	await shop.must('POST', `${url}/sessions/${parts[0].id}/authorize`);
	assert.deepEqual(await anchored(), ['paya authorized 400 eur', 'paya pending 600 eur']);
	await shop.must('POST', `${url}/sessions/batch/authorize`, { session_ids: parts.map((part) => part.id) });
	assert.deepEqual(await anchored(), ['paya authorized 400 eur', 'paya authorized 600 eur']);
	assert.deepEqual(await lines(`
		SELECT ours.status, ours.amount FROM paysession.payment AS ours JOIN public.payment_collection_payments AS link ON link.payment_id = ours.id
		WHERE link.payment_collection_id = $1 ORDER BY ours.amount`, collection), ['authorized 400', 'authorized 600']);
	assert.deepEqual(await lines('SELECT status, authorized_amount FROM public.payment_collection WHERE id = $1', collection), ['authorized 1000']);
});

test('who reads waits for nobody, who pays waits for its turn', async () => {
	const cart = await cartOf('paya');

	await shop.sql('BEGIN');
	await shop.sql('SELECT FROM public.cart WHERE id = $1 FOR NO KEY UPDATE', cart);
	assert.equal((await shop.must('GET', `/store/carts/${cart}`)).cart.id, cart);
	let waits = true;
	const selected = select(cart, 'payb').finally(() => {
		waits = false;
	});

	while (waits && (await shop.sql('SELECT FROM pg_locks WHERE NOT granted AND $1::integer = ANY (pg_blocking_pids(pid))', shop.pid())).length === 0)
		await new Promise((resolve) => setTimeout(resolve, 20));
	assert.equal((await sessions(cart))[0], 'paya* pending 3600');
	await shop.sql('COMMIT');
	await selected;
	assert.deepEqual(await sessions(cart), ['paya pending 3600', 'payb* pending 3600', 'payc pending 3600']);
});

test('the law holds', async () => {
	assert.deepEqual(await shop.sql('SELECT * FROM paysession.ps_check()'), []);
	assert.deepEqual(await shop.sql("SELECT DISTINCT role FROM paysession.payment_session_event WHERE to_status IS DISTINCT FROM 'canceled'"), [{ role: 'shop' }]);
});
