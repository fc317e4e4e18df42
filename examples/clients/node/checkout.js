// One checkout with node-postgres:  node checkout.js CART ORDER
// The server is that of PGHOST, PGUSER, PGDATABASE and so on.
const { setTimeout: sleep } = require("timers/promises");
const { Pool, types } = require("pg");

// Amounts are at most 2^53 - 1, so a number holds each; pg would hand out strings.
types.setTypeParser(types.builtins.INT8, Number);

const pool = new Pool({ application_name: "checkout" });
pool.on("error", (error) => console.error(error.message)); // an idle connection has gone

// What the provider's library does.  With the same key it acts once, however often it is asked.
const provider = {
	authorize: async (amount, key) => ({ ref: `auth_${key}`, data: { card: { brand: "visa", last4: "4242" } } }),
	capture: async (amount, key) => ({ ref: `capture_${key}` }),
	refund: async (amount, key) => ({ ref: `refund_${key}` }),
};

// Runs work in a transaction, all of it anew when somebody else was in the way.
// So work does nothing but talk to the database.
async function transaction(work, attempts = 5) {
	for (let attempt = 1; ; attempt++) {
		const client = await pool.connect();
		let broken;
		try {
			await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
			const result = await work((text, values) => client.query(text, values).then(({ rows }) => rows));
			await client.query("COMMIT");
			return result;
		} catch (error) {
			await client.query("ROLLBACK").catch((lost) => (broken = lost));
			if (!["40001", "40P01"].includes(error.code) || attempt === attempts) throw error;
			console.error(`${error.code} at attempt ${attempt}`);
		} finally {
			client.release(broken);
		}
		await sleep(Math.random() * 20 * 2 ** attempt);
	}
}

// Reserve, call, finish: reserve tells whether it is this worker that calls the
// provider, finish records what it says.
async function settle(reserve, call, finish) {
	const [operation] = await transaction(reserve);
	if (operation.status !== "pending") return; // done before
	if (!operation.claimed) throw new Error(`somebody else is at operation ${operation.id}`);
	let answer;
	try {
		answer = await call(operation.amount, operation.provider_idempotency_key);
	} catch (error) {
		// It may have happened: whoever is next asks again, with the same key.
		await transaction((query) => query("SELECT FROM paysession.ps_finish($1, 'unknown')", [operation.id]));
		throw error;
	}
	await transaction((query) => finish(query, operation, answer));
}

const succeeded = (query, operation, { ref }) =>
	query("SELECT FROM paysession.ps_finish($1, 'succeeded', provider_ref => $2)", [operation.id, ref]);

const money = (amount) => (amount / 100).toFixed(2);

async function checkout(cartId, orderId) {
	const [cart, sessions] = await transaction(async (query) => {
		const [cart] = await query("SELECT * FROM paysession.ps_put_cart($1)", [
			{ id: cartId, currency_code: "eur", subtotal: 4500, shipping_total: 999, raw_discount_total: 100.25 },
		]);
		const sessions = await query("SELECT * FROM paysession.ps_set_sessions($1, $2) ORDER BY provider_id", [
			cartId,
			["stripe", "klarna"],
		]);
		await query("SELECT FROM paysession.ps_select($1)", [sessions.find((s) => s.provider_id === "stripe").id]);
		return [cart, sessions];
	});
	console.log(`cart: ${money(cart.total)} ${cart.currency_code}, discount ${cart.raw_discount_total}`);
	console.log(`sessions: ${sessions.map((s) => s.provider_id).join(", ")}`);
	const { id } = sessions.find((s) => s.provider_id === "stripe");

	await settle(
		(query) => query("SELECT * FROM paysession.ps_begin($1)", [id]),
		provider.authorize,
		(query, { amount }, { ref, data }) =>
			query("SELECT FROM paysession.ps_authorize($1, amount => $2, data => $3, provider_ref => $4)", [id, amount, data, ref]),
	);
	const [session, payment] = await transaction(async (query) => {
		// your own INSERT of the order goes here
		const [payment] = await query("SELECT * FROM paysession.ps_promote($1, order_id => $2)", [id, orderId]);
		const [session] = await query("SELECT * FROM paysession.ps_list(cart_id => $1, status => $2)", [cartId, "authorized"]);
		return [session, payment];
	});
	const days = (payment.authorization_expires_at - session.payment_authorized_at) / 86400000;
	console.log(`${session.status}: ${money(session.amount)}, ${session.data.card.brand} ${session.data.card.last4}, for ${days} days`);

	await settle(
		(query) =>
			query("SELECT * FROM paysession.ps_capture($1, $2, final => true, lease => '1 minute', idempotency_key => $3)", [
				payment.id,
				4500,
				`${orderId} shipped`,
			]),
		provider.capture,
		succeeded,
	);
	await settle(
		(query) =>
			query("SELECT * FROM paysession.ps_refund($1, $2, 'return', lease => '1 minute', idempotency_key => $3)", [
				payment.id,
				1000,
				`${orderId} return 1`,
			]),
		provider.refund,
		succeeded,
	);
	const [paid] = await transaction((query) => query("SELECT * FROM paysession.payment WHERE id = $1", [payment.id]));
	console.log(`${paid.status}: ${money(paid.captured_amount)} captured, ${money(paid.voided_amount)} released, ` +
		`${money(paid.refunded_amount)} refunded, ${paid.canceled_at === null ? "not " : ""}canceled`);

	// What the law refuses: branch on SQLSTATE and constraint; texts are for people.
	for (const [text, values] of [
		["SELECT FROM paysession.ps_fail($1, reason => $2)", [id, "card_declined"]],
		["SELECT FROM paysession.ps_refund($1, $2, 'return', idempotency_key => $3)", [payment.id, 3501, `${orderId} return 2`]],
	]) {
		try {
			await transaction((query) => query(text, values));
		} catch (error) {
			if (!error.constraint) throw error;
			console.log(`refused: ${error.code} ${error.constraint}: ${error.hint ?? error.detail}`);
		}
	}
}

checkout(...process.argv.slice(2))
	.catch((error) => {
		console.error(error.message);
		process.exitCode = 1;
	})
	.finally(() => pool.end());
