// What the provider reports by itself: see who it is from, say what it means,
// hand it over.  Whatever comes of it is the database's to say, and no reason
// for the provider to send it again.
import express from "express";
import { call } from "./database.js";
import { signedEvent } from "./fakepay.js";

const meanings = {
	"payment.authorized": "authorized",
	"payment.action_required": "requires_more",
	"payment.declined": "error",
	"payment.canceled": "canceled",
	"payment.captured": "captured",
	"payment.refunded": "refunded",
};

export const webhook = express.Router();

webhook.post("/webhooks/fakepay", express.raw({ type: "application/json" }), async (request, response) => {
	const event = signedEvent(request.body, request.get("Fakepay-Signature"));
	if (!event) return response.sendStatus(401);
	if (meanings[event.type]) {
		await call("ps_receive", {
			provider_id: event.method,
			event_id: event.id,
			status: meanings[event.type],
			session_id: event.session_id,
			provider_ref: event.intent,
			operation_ref: event.operation,
			amount: event.amount,
			payload: event,
			occurred_at: event.created,
		});
	}
	return response.sendStatus(200);
});
