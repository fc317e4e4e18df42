// The provider's API, and its signature.  A request that is not answered in
// time may have been carried out: who asks again sends the same key.
import { createHmac, timingSafeEqual } from "node:crypto";

const base = process.env.FAKEPAY;
const shop = process.env.SHOP;
const secret = process.env.FAKEPAY_SECRET;
const patience = 3000;

export async function request(path, key, body) {
	const response = await fetch(base + path, {
		method: "POST",
		headers: { "Content-Type": "application/json", "Idempotency-Key": key },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(patience),
	});
	if (!response.ok) throw new Error(`Fakepay answers ${response.status}`);
	return response.json();
}

// Where it sends the customer back to.
export function returnTo(sessionId) {
	return `${shop}/shop/return?session_id=${sessionId}`;
}

// The event in a webhook's body, if the provider has signed it.
export function signedEvent(body, signature) {
	const expected = createHmac("sha256", secret).update(body).digest();
	const given = Buffer.from(signature ?? "", "hex");
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
	return JSON.parse(body);
}
