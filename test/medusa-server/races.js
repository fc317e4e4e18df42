// What comes of eight calls at the same time, on each of ROUNDS carts or
// payment collections, on Medusa's own table and on ours.
const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { open } = require('./shop');

const callers = 8;
const all = (request) => Promise.all(Array.from({ length: callers }, (_, caller) => request(caller)));

// Each tells how the calls were answered, and whether it came out right.
const races = {
	'R2, a provider is selected': async (shop) => {
		const cart = await shop.cart();

		await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
		const answers = await all((caller) =>
			shop.call('POST', `/store/carts/${cart}/payment-session`, { provider_id: ['paya', 'payb'][caller % 2] }));
		const selected = await shop.sql('SELECT data FROM payment_session WHERE cart_id = $1 AND is_selected', cart);
		const open = (await shop.intents(cart)).filter((intent) => intent.is_open);

		return { answers, right: selected.length === 1 && open.length === 1 && open[0].id === selected[0].data.id };
	},
	'R3, a cart\'s payment is authorized': async (shop) => {
		const cart = await shop.cart();

		await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
		await shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id: 'paya' });
		const answers = await all(() => shop.call('POST', '/test/services/cartService/authorizePayment', [cart]));
		const [{ authorized }] = await shop.intents(cart);
		const payments = await shop.sql('SELECT FROM payment WHERE cart_id = $1', cart);

		return { answers, right: authorized === 1 && payments.length === 1 };
	},
	'R6, 1000 of 3600 are refunded': async (shop) => {
		const cart = await shop.cart();

		await shop.must('POST', `/store/carts/${cart}/payment-sessions`);
		await shop.must('POST', `/store/carts/${cart}/payment-session`, { provider_id: 'paya' });
		await shop.must('POST', `/store/carts/${cart}/complete`);
		const [{ id }] = await shop.sql('SELECT id FROM payment WHERE cart_id = $1', cart);

		await shop.must('POST', `/admin/payments/${id}/capture`);
		const answers = await all(() => shop.call('POST', '/test/services/paymentService/refund', [id, 1000, 'other']));
		const [intent] = await shop.intents(cart);
		const [{ refunds, refunded }] = await shop.sql(`
			SELECT (SELECT coalesce(sum(amount), 0)::integer FROM refund WHERE payment_id = payment.id) AS refunds, amount_refunded AS refunded
			FROM payment WHERE id = $1`, id);

		return { answers, right: refunds === intent.refunded && refunded === intent.refunded };
	},
	'R7, the one session of a payment collection is authorized': async (shop) => {
		const id = await shop.collection(1000);
		const made = await shop.must('POST', `/store/payment-collections/${id}/sessions`, { provider_id: 'paya' });
		const session = made.payment_collection.payment_sessions[0].id;
		const answers = await all(() => shop.call('POST', '/test/services/paymentCollectionService/authorizePaymentSessions', [id, [session]]));
		const [{ authorized }] = await shop.intents(id);
		const [{ payments, linked }] = await shop.sql(`
			SELECT (SELECT count(*) FROM payment WHERE cart_id IS NULL AND data ->> 'resource_id' = $1)::integer AS payments,
				(SELECT count(*) FROM payment_collection_payments WHERE payment_collection_id = $1)::integer AS linked`, id);

		return { answers, right: authorized === 1 && payments === 1 && linked === 1 };
	},
	'R9, sessions are made, while the e-mail address changes': async (shop) => {
		const cart = await shop.cart();
		const answers = await all((caller) => caller % 2 ?
			shop.call('POST', `/store/carts/${cart}`, { email: `customer${caller}@example.com` }) :
			shop.call('POST', `/store/carts/${cart}/payment-sessions`));
		const sessions = await shop.sql('SELECT FROM payment_session WHERE cart_id = $1', cart);

		return { answers, right: sessions.length === 3 };
	},
};

const rounds = Number(process.env.ROUNDS);
const table = [];
let stock, medusa;

before(async () => {
	stock = await open('stock', process.env.STOCK_PORT);
	medusa = await open('medusa', process.env.MEDUSA_PORT);
});
after(async () => {
	await stock.close();
	await medusa.close();
});

// Returns how many rounds came out wrong, and how many calls were answered how.
const run = async (race, shop) => {
	const count = {};
	let wrong = 0;

	for (let round = 0; round < rounds; round++) {
		const { answers, right } = await race(shop);

		wrong += !right;
		for (const { status } of answers)
			count[status] = (count[status] ?? 0) + 1;
	}
	return { wrong, answers: Object.entries(count).map(([status, times]) => `${times} x ${status}`).join(', ') };
};

for (const [name, race] of Object.entries(races)) {
	test(name, async () => {
		const theirs = await run(race, stock);
		const ours = await run(race, medusa);

		table.push({ theirs, line: `| ${name} | ${theirs.wrong} | ${theirs.answers} | ${ours.wrong} | ${ours.answers} |` });
		assert.equal(ours.wrong, 0);
	});
}

test('they are races, and the law holds', async () => {
	console.log(`eight calls at once, ${rounds} times; how many came out wrong, and the answers\n`);
	console.log('| race | wrong, own table | | wrong, here | |\n|---|---|---|---|---|');
	console.log(table.map(({ line }) => line).join('\n'));
	assert.ok(table.some(({ theirs }) => theirs.wrong > 0));
	assert.deepEqual(await medusa.sql('SELECT * FROM paysession.ps_check()'), []);
});
