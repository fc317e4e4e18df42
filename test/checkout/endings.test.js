// A whole checkout with each of its endings: what the page shows, and the rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lawHolds, setUp, sign, sql, Visitor, webhook } from "./harness.js";

setUp("endings");

test("approved by card, shipped, some of it refunded", async () => {
	const visitor = await Visitor.come();
	await visitor.stands("pending");
	await visitor.pay("Card");
	await visitor.stands("requires_more");
	await visitor.picture("provider");
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await visitor.shows("#money", "held €86.28");
	await visitor.press("Ship and charge");
	await visitor.shopShows("Paid.");
	await visitor.paymentIs("card", "captured", 8628, 0);
	await visitor.shows("#money", "captured €86.28");
	await visitor.press("Refund");
	await visitor.shopShows("some of it refunded");
	await visitor.paymentIs("card", "partially_refunded", 8628, 1000);
	await visitor.shows("#money", "refunded €10.00");
	const { count, intents } = await visitor.requests();
	assert.equal(count.capture, 1);
	assert.equal(count.refund, 1);
	assert.equal(intents[0].captured, 8628);
	assert.equal(intents[0].refunded, 1000);
	await visitor.page.locator("[data-trouble=pending]").click();
	await visitor.shows("#statements li:first-child", "23514 invalid payment session transition");
	await visitor.picture("law");
	await lawHolds();
	await visitor.leave();
});

test("by bank transfer the money is there at once", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Bank");
	await visitor.decide("Approve");
	await visitor.shopShows("Paid.");
	await visitor.paymentIs("bank", "captured", 8628, 0);
	await visitor.webhooksAre([["authorized", "applied"], ["captured", "applied"]]);
	await lawHolds();
	await visitor.leave();
});

test("declined, and approved when tried again", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Decline");
	await visitor.shopShows("was refused");
	await visitor.stands("error");
	await visitor.sessionsAre([["card", "error"]]);
	await visitor.shop.locator("#pay").click();
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.shows("#history", "error → pending");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await visitor.rows(
		`SELECT o.attempt, o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND kind = 'authorize' ORDER BY attempt`, [[1, "failed"], [2, "succeeded"]]);
	await lawHolds();
	await visitor.leave();
});

test("the bank asks for more", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Wallet");
	await visitor.decide("Ask for more");
	await visitor.shopShows("is it you?");
	await visitor.stands("requires_more");
	await visitor.webhooksAre([["requires_more", "stale"]]);
	await visitor.decide("Yes, approve");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.paymentIs("wallet", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("the provider does not answer, and its webhook comes meanwhile", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve, then time out", "late");
	await visitor.rows(
		`SELECT count(*)::int FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND claimed_until > now()`, [[1]]);
	const event = { id: "evt_1", type: "payment.authorized", method: "card", session_id: await visitor.session("card"), amount: 8628 };
	assert.equal(await webhook(event, sign(event)), 200);
	await visitor.shopShows("The money is held");
	await visitor.shows("#statements", "constraint payment_operation_finished");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("the provider does not answer, its webhook does", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve, then time out", "late");
	await visitor.shopShows("We have no answer yet");
	await visitor.shows("#statements", "outcome => 'unknown'");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("the answer of the first call is lost, and asked for again with the same key", async () => {
	const visitor = await Visitor.come();
	await visitor.choose("Card");
	await visitor.page.locator("[data-trouble=lose]").click();
	await visitor.shop.locator("#pay").click();
	await visitor.shopShows("We have no answer yet");
	// the page asks again, or the worker does
	await visitor.sessionsAre([["card", "requires_more"]]);
	const { count, intents } = await visitor.requests();
	assert.ok(count.intents >= 2);
	assert.equal(intents.length, 1);
	await visitor.rows(
		`SELECT o.attempt, o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1`, [[1, "pending"]]);
	await lawHolds();
	await visitor.leave();
});

test("the order is canceled before it is shipped", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve");
	await visitor.press("Cancel the order");
	await visitor.shopShows("nothing was charged");
	await visitor.stands("canceled");
	await visitor.paymentIs("card", "canceled", 0, 0);
	assert.equal((await visitor.requests()).intents[0].status, "canceled");
	await lawHolds();
	await visitor.leave();
});

test("the customer never comes back, and the session expires", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await sql("UPDATE paysession.payment_session SET expires_at = clock_timestamp() WHERE id = $1", await visitor.session("card"));
	await visitor.stands("canceled");
	// the worker has it canceled at the provider, too
	await visitor.rows(
		`SELECT kind, o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 ORDER BY kind`, [["authorize", "failed"], ["void", "succeeded"]]);
	await visitor.press("Approve");
	await visitor.shopShows("This payment is canceled");
	await visitor.shop.getByText("Back to the shop").click();
	await visitor.shopShows("Your cart");
	await visitor.pay("Card");
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.sessionsAre([["card", "canceled"], ["card", "authorized"]]);
	await lawHolds();
	await visitor.leave();
});
