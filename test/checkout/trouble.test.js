// What the law refuses is on the page, with all that the error says.
import { test } from "node:test";
import { lawHolds, setUp, sql, Visitor } from "./harness.js";

setUp("trouble");

const refusals = [
	["pending", "23514 invalid payment session transition from \"authorized\" to \"pending\"", "constraint payment_session_transition", "can move to"],
	["amount", "23514 column \"amount\" of an authorized payment session cannot change", "constraint payment_session_immutable", ""],
	["history", "23001 table \"payment_session_event\" is append-only", "", ""],
	["capture", "23514", "constraint payment_captured_within_amount", ""],
	["refund", "23514", "constraint payment_refunded_within_captured", ""],
];

test("each kind of trouble is refused, and told", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.decide("Approve");
	await visitor.shopShows("The money is held");
	for (const [name, ...texts] of refusals) {
		await visitor.page.locator(`[data-trouble=${name}]`).click();
		for (const text of texts) await visitor.shows("#statements li:first-child", text);
	}
	await visitor.paymentIs("card", "authorized", 0, 0);
	await lawHolds();
	await visitor.leave();
});

test("the shop tells its visitor, too", async () => {
	const visitor = await Visitor.come();
	const tab = await visitor.tab();
	await visitor.pay("Card");
	await visitor.decide("Approve", "first");
	await visitor.shopShows("The money is held");
	await tab.getByRole("button", { name: "more Sencha" }).click();
	await tab.getByText("That is not possible").waitFor();
	await tab.getByText("has an authorized payment session").or(tab.getByText("is completed")).first().waitFor();
	await lawHolds();
	await visitor.leave();
});

test("what somebody else does is on the page when it commits", async () => {
	const visitor = await Visitor.come();
	await visitor.pay("Card");
	await visitor.stands("requires_more");
	await sql(`SET paysession.notify = on; SELECT FROM paysession.ps_fail('${await visitor.session("card")}', 'by telephone')`);
	await visitor.stands("error");
	await visitor.shows("#history", "by telephone");
	await lawHolds();
	await visitor.leave();
});
