// Shows a cart's rows and the statements that were sent, as they come, to
// every page that is open.  Server-Sent Events: the browser reconnects itself.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import express from "express";
import { read, statements } from "../shop/database.js";
import { findCart, visitorsCart } from "../shop/routes.js";

export const watch = express.Router();

const graph = new URL("../../../doc/status.svg", import.meta.url);
const page = fileURLToPath(new URL("watch.html", import.meta.url));
const markup = fileURLToPath(new URL("../html.js", import.meta.url));

watch.get("/", async (request, response) => {
	await visitorsCart(request, response);
	response.set("Cache-Control", "no-store");
	response.sendFile(page);
});
watch.get("/html.js", (request, response) => response.sendFile(markup));
watch.get("/status.svg", (request, response) => response.type("svg").send(readFileSync(graph)));

const pages = new Set();
const recent = [];
let count = 0;

statements.on("done", ({ text, values, rows, command, count: changed, error, ms }) => {
	// the worker found nothing to do
	if (!error && rows.length === 0 && command === "SELECT") return;
	const { message, code, constraint, detail, hint } = error ?? {};
	recent.unshift({ number: ++count, text, values, rows: rows?.slice(0, 3), command, changed, ms, error: error && { message, code, constraint, detail, hint } });
	recent.length = Math.min(recent.length, 20);
	refresh();
});

const rows = `
	WITH session AS (SELECT * FROM paysession.payment_session WHERE cart_id = $1)
	SELECT
		(SELECT json_agg(s ORDER BY provider_id, created_at DESC) FROM session s) AS sessions,
		(SELECT json_agg(e ORDER BY id) FROM paysession.payment_session_event e
			WHERE session_id IN (SELECT id FROM session)) AS events,
		(SELECT json_agg(p) FROM paysession.payment p WHERE cart_id = $1) AS payments,
		(SELECT json_agg(o ORDER BY created_at, id) FROM paysession.payment_operation o
			WHERE session_id IN (SELECT id FROM session)
				OR payment_id IN (SELECT id FROM paysession.payment WHERE cart_id = $1)) AS operations,
		(SELECT json_agg(w ORDER BY received_at) FROM paysession.provider_event w
			WHERE session_id IN (SELECT id FROM session)) AS webhooks`;

async function show({ response, cart }) {
	const [snapshot] = await read(rows, [cart.id]);
	response.write(`data: ${JSON.stringify({ ...snapshot, statements: recent })}\n\n`);
}

watch.get("/live", async (request, response) => {
	const cart = await findCart(request);
	if (!cart) return response.sendStatus(204);
	response.set({ "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
	response.write("retry: 500\n");
	const open = { response, cart };
	pages.add(open);
	request.on("close", () => pages.delete(open));
	return show(open);
});

let soon;

// Many changes at once are one.
export function refresh() {
	soon ??= setTimeout(async () => {
		soon = undefined;
		for (const open of pages) await show(open).catch((error) => console.error(`the page: ${error.message}`));
	}, 30);
}
