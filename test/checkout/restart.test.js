// The shop's process dies in the middle, and is started again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { killShop, lawHolds, setUp, startShop, Visitor } from "./harness.js";

setUp("restart");

test("while the customer is at the provider", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await killShop();
	await startShop();
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	await visitor.stands("authorized");
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("and the customer comes back before the shop does", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Bank");
	await killShop();
	await visitor.decide("Approve");
	await visitor.page.waitForTimeout(1000);
	await startShop();
	// the provider sends its webhooks again
	await visitor.stands("authorized");
	await visitor.paymentIs("bank", "captured", 8628, 0);
	await visitor.rows("SELECT count(*)::int FROM shop.purchase WHERE cart_id = $1", [[1]]);
	await lawHolds();
	await visitor.leave();
});

test("while it waits for the provider's answer", async () => {
	const visitor = await Visitor.come();
	await visitor.choose("Card");
	await visitor.page.locator("[data-trouble=lose]").click();
	await visitor.shop.locator("#pay").click({ noWaitAfter: true });
	await visitor.rows(
		`SELECT count(*)::int FROM paysession.payment_operation o JOIN paysession.payment_session s ON s.id = session_id
		WHERE cart_id = $1 AND claimed_until > now()`, [[1]]);
	await killShop();
	await startShop();
	// its claim runs out, and the worker asks with its key
	await visitor.stands("requires_more");
	const { count, intents } = await visitor.requests();
	assert.deepEqual(count, { intents: 2 });
	assert.equal(intents.length, 1);
	const tab = await visitor.tab();
	await tab.locator("#pay").click();
	await visitor.decide("Approve", "together", tab);
	await tab.getByText("The money is held").waitFor();
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});
