// What a bug, or somebody at a prompt, may try: each is a statement that the
// law refuses, or that does no harm.
import express from "express";
import pg from "pg";
import { call, query } from "../shop/database.js";
import { findPayment, findSession } from "../shop/payments.js";
import { findCart } from "../shop/routes.js";

const prompt = new pg.Pool({ user: "clerk", application_name: "psql" });
prompt.on("error", () => {});

const troubles = {
	pending: (session) => query("UPDATE paysession.payment_session SET status = 'pending' WHERE id = $1", [session.id], prompt),
	amount: (session) => query("UPDATE paysession.payment_session SET amount = 1 WHERE id = $1", [session.id], prompt),
	history: (session) => query("DELETE FROM paysession.payment_session_event WHERE session_id = $1", [session.id], prompt),
	refund: (session, payment) => payment && call("ps_refund", { payment_id: payment.id, amount: payment.captured_amount + 1 }),
	capture: (session, payment) => payment && call("ps_capture", { payment_id: payment.id, amount: payment.amount + 1 }),
	lose: () => fetch(`${process.env.FAKEPAY}/lose`, { method: "POST" }),
};

export const trouble = express.Router();

trouble.post("/trouble/:name", express.json(), async (request, response) => {
	const cart = await findCart(request);
	const session = await findSession(request.body.session_id);
	if (session?.cart_id === cart?.id && Object.hasOwn(troubles, request.params.name)) {
		// the page shows what is refused, as it does every statement
		await Promise.resolve(troubles[request.params.name](session, await findPayment(cart.id))).catch(() => {});
	}
	response.sendStatus(204);
});
