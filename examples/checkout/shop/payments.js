// Reserve, call, finish: what the shop does with a payment provider.  Every
// step may be repeated, by a second click, another process or the worker.
import { call, query, read } from "./database.js";
import { request, returnTo } from "./fakepay.js";

// Longer than the provider is waited for.
const lease = "10 seconds";

export async function findSession(id) {
	return (await read("SELECT * FROM paysession.payment_session WHERE id = $1", [id]))[0];
}

export async function liveSessions(cartId) {
	return read(
		`SELECT * FROM paysession.payment_session WHERE cart_id = $1 AND status <> 'canceled' ORDER BY id`,
		[cartId],
	);
}

export async function findPayment(cartId) {
	return (await read("SELECT * FROM paysession.payment WHERE cart_id = $1", [cartId]))[0];
}

// pay is for a customer who presses Pay: of any number of clicks, one asks the
// provider where to send them.
export async function pay(sessionId) {
	return authorize(sessionId, () => call("ps_begin", { session_id: sessionId, lease }), false);
}

// goOn is for a customer who comes back, and for the worker: it asks the
// provider what has become of an authorization, unless that is known.
export async function goOn(sessionId) {
	const [operation] = await read(
		`SELECT id FROM paysession.payment_operation
		WHERE session_id = $1 AND kind = 'authorize' AND status = 'pending'`,
		[sessionId],
	);
	return authorize(sessionId, () => operation && call("ps_claim", { operation_id: operation.id, lease }), true);
}

async function authorize(sessionId, reserve, isBack) {
	try {
		const operation = await reserve();
		if (operation?.claimed) await ask(operation, isBack);
	} catch (error) {
		if (error.code !== "23514") throw error;
		// A webhook was quicker; or another session has paid, or this one is over:
		// then what the provider may hold for it is let go, a void for the worker.
		const { status } = await findSession(sessionId);
		if (status !== "authorized") await call("ps_delete", { session_id: sessionId });
	}
	const session = await findSession(sessionId);
	if (session?.status === "authorized") await placeOrder(session.cart_id);
	return session;
}

async function ask(operation, isBack) {
	const session = await findSession(operation.session_id);
	const key = operation.provider_idempotency_key;

	// The first of two clicks has asked already, and the customer was not there yet.
	if (!isBack && session.data.key === key) return call("ps_require_more", { session_id: session.id });

	const intent = await answerTo(operation, "/intents", {
		intent: session.provider_ref,
		session_id: session.id,
		method: session.provider_id,
		amount: operation.amount,
		currency: session.currency_code,
		return_to: returnTo(session.id),
	});
	if (!intent) return undefined;
	if (intent.status === "authorized") {
		return call("ps_authorize", { session_id: session.id, amount: intent.amount, provider_ref: intent.id });
	}
	if (intent.status === "declined") return call("ps_fail", { session_id: session.id, reason: intent.reason });
	return call("ps_require_more", {
		session_id: session.id,
		data: { url: intent.url, key },
		provider_ref: intent.id,
	});
}

// placeOrder makes an order of a cart whose money is held, once.
export async function placeOrder(cartId) {
	await query(
		`INSERT INTO shop.purchase (id, cart_id, payment_id)
		SELECT $2, $1, id FROM paysession.ps_complete_cart(cart_id => $1, order_id => $2)
		ON CONFLICT (id) DO NOTHING`,
		[cartId, cartId.replace("cart_", "order_")],
	);
	// Nobody shall pay at another provider for what is paid.
	for (const session of await liveSessions(cartId)) {
		if (session.is_initiated && session.status !== "authorized") {
			await call("ps_cancel", { session_id: session.id, reason: "paid with another" });
		}
	}
}

// The keys are names of what is asked for: a second click is the same capture.
export async function capture(payment) {
	await settle(await call("ps_capture", { payment_id: payment.id, lease, idempotency_key: "shipment" }));
}

export async function refund(payment, amount, key) {
	await settle(await call("ps_refund", { payment_id: payment.id, amount, reason: "return", lease, idempotency_key: key }));
}

export async function release(payment) {
	await settle(await call("ps_void", { payment_id: payment.id, lease, idempotency_key: "cancellation" }));
}

// settle asks the provider for a capture, a refund or a void that is ours to ask for.
export async function settle(operation) {
	if (!operation.claimed) return;
	const sessionId = operation.session_id ??
		(await read("SELECT session_id FROM paysession.payment WHERE id = $1", [operation.payment_id]))[0].session_id;
	const answer = await answerTo(operation, `/${operation.kind}`, { session_id: sessionId, amount: operation.amount });
	if (!answer) return;
	await call("ps_finish", {
		operation_id: operation.id,
		outcome: answer.status,
		provider_ref: answer.id,
		reason: answer.reason,
	});
}

// answerTo returns the provider's answer, or nothing where there is none: the
// operation stays pending, and whoever claims it next asks with the same key.
async function answerTo(operation, path, body) {
	try {
		return await request(path, operation.provider_idempotency_key, body);
	} catch (failure) {
		try {
			await call("ps_finish", { operation_id: operation.id, outcome: "unknown" });
		} catch (error) {
			// a webhook has brought the answer meanwhile
			if (error.constraint !== "payment_operation_finished") throw error;
		}
		return undefined;
	}
}
