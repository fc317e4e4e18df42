// What browsers and their owners do: click twice, go back, reload, open tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lawHolds, setUp, sql, Visitor } from "./harness.js";

setUp("browser");

test("a double click on Pay, and on Ship", async () => {
	const visitor = await Visitor.come();
	await visitor.choose("Card");
	await visitor.shop.locator("#pay").dblclick();
	await visitor.shopShows("asks for");
	assert.deepEqual((await visitor.requests()).count, { intents: 1 });
	await visitor.decide("Approve");
	await visitor.shop.locator("#ship").dblclick();
	await visitor.shopShows("Paid.");
	await visitor.paymentIs("card", "captured", 8628, 0);
	assert.equal((await visitor.requests()).count.capture, 1);
	await lawHolds();
	await visitor.leave();
});

test("eight clicks at once on Pay, on Ship, on Refund", async () => {
	const visitor = await Visitor.come();
	const frame = () => visitor.page.frames()[1];
	const all = (path, form) => frame().evaluate(([path, form]) => Promise.all(Array.from({ length: 8 }, () =>
		fetch(path, { method: "POST", body: new URLSearchParams(form), redirect: "manual" }))), [path, form]);

	await visitor.choose("Card");
	await all("/shop/pay", { session_id: await visitor.session("card") });
	const { count, intents } = await visitor.requests();
	assert.deepEqual(count, { intents: 1 });
	assert.equal(intents.length, 1);
	await visitor.pay("Card");
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await all("/shop/order/ship", {});
	await visitor.paymentIs("card", "captured", 8628, 0);
	await all("/shop/order/refund", { amount: "10.00", key: "this refund" });
	await visitor.paymentIs("card", "partially_refunded", 8628, 1000);
	assert.equal((await visitor.requests()).count.capture, 1);
	assert.equal((await visitor.requests()).count.refund, 1);
	await lawHolds();
	await visitor.leave();
});

test("back from the provider, and on again", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.page.evaluate(() => history.back());
	await visitor.shopShows("Your payment has begun");
	await visitor.shop.locator("#pay").click();
	await visitor.shopShows("asks for");
	assert.deepEqual((await visitor.requests()).count, { intents: 1 });
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.page.evaluate(() => history.back());
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("back from the provider, and to another one", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.page.evaluate(() => history.back());
	await visitor.shopShows("Your payment has begun");
	await visitor.pay("Wallet");
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.paymentIs("wallet", "authorized", 0, 0);
	await visitor.sessionsAre([["card", "canceled"], ["wallet", "authorized"]]);
	await visitor.rows(
		`SELECT o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND kind = 'void'`, [["succeeded"]]);
	const states = (await visitor.requests()).intents.map(({ method, status }) => [method, status]).sort();
	assert.deepEqual(states, [["card", "canceled"], ["wallet", "authorized"]]);
	await lawHolds();
	await visitor.leave();
});

test("back, and the cart is another one", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.page.evaluate(() => history.back());
	await visitor.shop.getByRole("button", { name: "more Sencha" }).click();
	await visitor.shop.locator("#pay", { hasText: "€96.96" }).click();
	await visitor.shop.getByRole("heading", { name: "€96.96" }).waitFor();
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.rows("SELECT amount::int FROM paysession.payment WHERE cart_id = $1", [[9696]]);
	assert.deepEqual((await visitor.requests()).intents.map(({ amount }) => amount), [9696]);
	await lawHolds();
	await visitor.leave();
});

test("two tabs with two providers, one after the other", async () => {
	const visitor = await Visitor.come();
	const tab = await visitor.tab();
	await visitor.pay("Card");
	await visitor.pay("Wallet", tab);
	await visitor.decide("Approve", "together", tab);
	await tab.getByText("The money is held").waitFor();
	await visitor.sessionsAre([["card", "canceled"], ["wallet", "authorized"]]);
	// the first tab is told by the provider, once the worker was there
	await visitor.rows(
		`SELECT o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND kind = 'void'`, [["succeeded"]]);
	await visitor.press("Approve");
	await visitor.shopShows("This payment is canceled");
	await visitor.shop.getByText("Back to the shop").click();
	await visitor.shopShows("The money is held");
	await visitor.paymentIs("wallet", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("two tabs, both approved before either is back", async () => {
	const visitor = await Visitor.come();
	const tab = await visitor.tab();
	await visitor.pay("Card");
	await visitor.pay("Wallet", tab);
	// the provider has both monies, and nobody here knows
	let go;
	const both = new Promise((resolve) => (go = resolve));
	await visitor.context.route(/shop\/return/, async (route) => {
		await both;
		await route.continue();
	});
	const back = [visitor.page, tab].map((page) => page.waitForRequest(/shop\/return/));
	await visitor.decide("Approve", "late");
	await visitor.decide("Approve", "late", tab);
	await Promise.all(back);
	go();
	await visitor.shopShows("The money is held");
	await tab.getByText("The money is held").waitFor();
	// one is paid with, the other's money goes back
	await visitor.rows(
		`SELECT status FROM paysession.payment_session WHERE cart_id = $1 AND is_initiated ORDER BY status`,
		[["authorized"], ["canceled"]]);
	await visitor.rows(
		`SELECT o.status FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND kind = 'void'`, [["succeeded"]]);
	assert.deepEqual((await visitor.requests()).intents.map(({ status }) => status).sort(), ["authorized", "canceled"]);
	assert.equal((await sql("SELECT FROM paysession.payment WHERE cart_id = $1", visitor.cart)).length, 1);
	await lawHolds();
	await visitor.leave();
});

test("a reload in the middle", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.page.reload();
	await visitor.stands("requires_more");
	await visitor.shopShows("Your payment has begun");
	await visitor.shop.locator("#pay").click();
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.page.reload();
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});
