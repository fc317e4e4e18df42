// The webhook comes before the browser, after it, twice, or from a stranger.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lawHolds, setUp, sign, sql, Visitor, webhook } from "./harness.js";

setUp("webhooks");

test("before the browser is back", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve", "first");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.webhooksAre([["authorized", "applied"]]);
	await visitor.shows("#webhooks", "authorized applied");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("long after the browser", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve", "late");
	await visitor.shopShows("The money is held");
	await visitor.webhooksAre([["authorized", "stale"]]);
	await visitor.shows("#webhooks", "stale");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("twice", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Bank");
	await visitor.decide("Approve", "twice");
	await visitor.shopShows("Paid.");
	await visitor.paymentIs("bank", "captured", 8628, 0);
	await visitor.shows("#statements", "outcome duplicate");
	assert.equal((await sql(
		`SELECT FROM paysession.payment_operation o JOIN paysession.payment p ON p.id = payment_id
		WHERE cart_id = $1 AND kind = 'capture'`, visitor.cart)).length, 1);
	await lawHolds();
	await visitor.leave();
});

test("and the browser never: the order is made all the same", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.page.route(/shop\/return/, (route) => route.abort());
	await visitor.decide("Approve", "first");
	await visitor.stands("authorized");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await visitor.rows("SELECT count(*)::int FROM shop.purchase WHERE cart_id = $1", [[1]]);
	await lawHolds();
	await visitor.leave();
});

test("from somebody else: refused, and nothing comes of it", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	const event = { id: "evt_0", type: "payment.authorized", method: "card", session_id: await visitor.session("card"), amount: 8628 };
	assert.equal(await webhook(event, "00".repeat(32)), 401);
	assert.equal(await webhook(event, sign({ ...event, amount: 1 })), 401);
	await visitor.webhooksAre([]);
	await visitor.sessionsAre([["card", "requires_more"]]);
	await visitor.leave();
});
