// What Fakepay knows: of each payment what it holds, charged and gave back.
// What comes twice with one key is done once, and answered as it stands now.
import { randomBytes } from "node:crypto";
import { report } from "./webhooks.js";

const intents = new Map();
const results = new Map();

function newId(prefix) {
	return `${prefix}_${randomBytes(8).toString("hex")}`;
}

export function find(id) {
	return intents.get(id);
}

export function list() {
	return [...intents.values()];
}

export function ofSession(sessionId) {
	return list().find((intent) => intent.session_id === sessionId);
}

export function open(key, wanted) {
	const known = results.get(key) ?? intents.get(wanted.intent) ?? ofSession(wanted.session_id);
	const intent = known ?? { id: newId("pi"), session_id: wanted.session_id, method: wanted.method, captured: 0, refunded: 0 };
	if (!results.has(key) && !["authorized", "canceled"].includes(known?.status)) {
		Object.assign(intent, { amount: wanted.amount, currency: wanted.currency, return_to: wanted.return_to, status: "open", reason: null });
		intents.set(intent.id, intent);
	}
	results.set(key, intent);
	return intent;
}

// What the customer decides; what the webhooks are to say is returned.
const choices = {
	approve(intent) {
		intent.status = "authorized";
		const events = [report("payment.authorized", intent, { amount: intent.amount })];
		if (intent.method !== "bank") return events;
		intent.captured = intent.amount;
		return [...events, report("payment.captured", intent, { operation: newId("ch"), amount: intent.amount })];
	},
	decline(intent) {
		Object.assign(intent, { status: "declined", reason: "declined" });
		return [report("payment.declined", intent, {})];
	},
	more(intent) {
		intent.status = "challenge";
		return [report("payment.action_required", intent, {})];
	},
};
choices.silence = choices.approve;

export function decide(intent, choice) {
	if (!["open", "challenge"].includes(intent.status) || !Object.hasOwn(choices, choice)) return [];
	return choices[choice](intent);
}

// What the shop asks for: an answer, and what the webhooks are to say.
const requests = {
	capture(intent, amount) {
		if (intent.status !== "authorized" || amount > intent.amount - intent.captured) return refusal("nothing is held");
		intent.captured += amount;
		return success("ch", "payment.captured", intent, amount);
	},
	refund(intent, amount) {
		if (amount > intent.captured - intent.refunded) return refusal("nothing to refund");
		intent.refunded += amount;
		return success("re", "payment.refunded", intent, amount);
	},
	void(intent) {
		if (!intent || intent.captured > 0) return { answer: { status: "succeeded" }, events: [] };
		intent.status = "canceled";
		return { answer: { status: "succeeded" }, events: [report("payment.canceled", intent, {})] };
	},
};

function refusal(reason) {
	return { answer: { status: "failed", reason }, events: [] };
}

function success(prefix, type, intent, amount) {
	const id = newId(prefix);
	return { answer: { id, status: "succeeded" }, events: [report(type, intent, { operation: id, amount })] };
}

export function carryOut(kind, key, { session_id, amount }) {
	if (results.has(key)) return { answer: results.get(key), events: [] };
	const result = requests[kind](ofSession(session_id), amount);
	results.set(key, result.answer);
	return result;
}
