// Fakepay's webhooks: signed, and sent again until they are answered with 200.
import { createHmac, randomBytes } from "node:crypto";

const url = process.env.WEBHOOK;
const secret = process.env.FAKEPAY_SECRET;
const patience = 20;

export function wait(milliseconds) {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function report(type, intent, more) {
	return {
		id: `evt_${randomBytes(8).toString("hex")}`,
		type,
		created: new Date().toISOString(),
		intent: intent.id,
		session_id: intent.session_id,
		method: intent.method,
		...more,
	};
}

async function deliver(event) {
	const body = JSON.stringify(event);
	const signature = createHmac("sha256", secret).update(body).digest("hex");
	for (let attempt = 0; attempt < patience; attempt++) {
		try {
			const response = await fetch(url, {
				method: "POST",
				headers: { "Content-Type": "application/json", "Fakepay-Signature": signature },
				body,
			});
			if (response.ok) return;
		} catch {
			// nobody is there
		}
		await wait(1000);
	}
}

export async function send(events) {
	for (const event of events) await deliver(event);
}
