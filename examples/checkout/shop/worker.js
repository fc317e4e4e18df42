// What is to be done from time to time, and nobody's click brings about.  Any
// number of processes may run it: the database tells each what is its own.
import { all, call, read } from "./database.js";
import { findSession, goOn, placeOrder, settle } from "./payments.js";

const pause = 5000;
let timer;
let running = false;
let asked = false;

// wake runs a round now, or another one when this one ends.
export async function wake() {
	asked = true;
	if (running) return;
	running = true;
	clearTimeout(timer);
	while (asked) {
		asked = false;
		try {
			await round();
		} catch (error) {
			console.error(`the worker: ${error.message}`);
		}
	}
	running = false;
	timer = setTimeout(wake, pause);
}

async function round() {
	await followHistory();
	await all("ps_expire");
	// Operations that nobody is at: their caller died, or had no answer.
	for (const { id, kind, session_id } of await all("ps_stuck", { older_than: "5 seconds" })) {
		if (kind === "authorize") await goOn(session_id);
		else await settle(await call("ps_claim", { operation_id: id, lease: "10 seconds" }));
	}
}

// Orders of customers whose browser never came back: a webhook has said it.
async function followHistory() {
	const [{ cursor }] = await read("SELECT cursor FROM shop.follower WHERE name = 'orders'");
	const events = await read("SELECT * FROM paysession.ps_events(after => $1)", [cursor]);
	for (const event of events) {
		if (event.to_status !== "authorized" || event.from_status === "authorized") continue;
		const session = await findSession(event.session_id);
		if (session.status === "authorized") await placeOrder(session.cart_id);
	}
	if (events.length === 0) return;
	await read("UPDATE shop.follower SET cursor = $1 WHERE name = 'orders'", [events.at(-1).cursor]);
}
