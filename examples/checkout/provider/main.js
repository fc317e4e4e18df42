// Fakepay: a payment provider that is not one.  A program of its own, as the
// real ones are: the shop reaches it by HTTP, and may be restarted beside it.
import express from "express";
import * as intents from "./intents.js";
import * as pages from "./pages.js";
import { send, wait } from "./webhooks.js";

const app = express();
const lateness = 5000;
const silence = 8000;

// What the shop has asked for, for whoever wants to count.
const requests = [];
// Whether the next answer gets lost.
let loses = false;

async function answer(response, body, isLost) {
	if (loses || isLost) {
		loses = false;
		await wait(silence);
	}
	response.json(body);
}

app.post(["/intents", "/capture", "/refund", "/void"], express.json(), async (request, response) => {
	const kind = request.path.slice(1);
	const key = request.get("Idempotency-Key");
	requests.push({ kind, key, session_id: request.body.session_id });
	if (kind === "intents") {
		const intent = intents.open(key, request.body);
		const { id, status, amount, reason, isSilent } = intent;
		intent.isSilent = false;
		return answer(response, { id, status, amount, reason, url: `http://${request.get("Host")}/pay/${id}` }, isSilent);
	}
	const result = intents.carryOut(kind, key, request.body);
	send(result.events);
	return answer(response, result.answer);
});

app.get("/pay/:id", (request, response) => {
	const intent = intents.find(request.params.id);
	const undecided = ["open", "challenge"].includes(intent?.status);
	response.set("Cache-Control", "no-store");
	response.send(String(undecided ? pages.decision(intent) : pages.over(intent)));
});

app.post("/pay/:id", express.urlencoded({ extended: false }), async (request, response) => {
	const intent = intents.find(request.params.id);
	const { choice, webhook } = request.body;
	const events = intent ? intents.decide(intent, choice) : [];
	if (events.length === 0) return response.redirect(303, request.originalUrl);
	intent.isSilent = choice === "silence";
	if (webhook === "first") await send(events);
	else if (webhook === "late") wait(lateness).then(() => send(events));
	else send(events);
	if (webhook === "twice") send(events);
	return response.redirect(303, choice === "more" ? request.originalUrl : intent.return_to);
});

// Controls that a real one has not.
app.post("/lose", (request, response) => {
	loses = true;
	response.sendStatus(204);
});
app.get("/requests", (request, response) => response.json({ requests, intents: intents.list() }));

app.use(express.static(new URL("public", import.meta.url).pathname));
app.listen(process.env.PORT, "127.0.0.1", (error) => {
	if (error) throw error;
	console.log("Fakepay is there");
});
