// Draws what /live says.
import { html, money } from "./html.js";

const $ = (selector) => document.querySelector(selector);
const fill = (selector, markup) => ($(selector).innerHTML = markup);

let shown;		// the id of the session that is looked at
let last = {};	// its row, as it was drawn
let snapshot;

// The graph is drawn from the code; here its states and moves get their classes.
async function drawGraph() {
	fill("#graph", await (await fetch("/status.svg")).text());
	const svg = $("#graph svg");
	svg.removeAttribute("width");
	svg.removeAttribute("height");
	for (const part of svg.querySelectorAll(".node, .edge")) part.dataset.name = part.querySelector("title").textContent;
}

function lightGraph(session, events) {
	const moves = events.filter((event) => event.from_status !== event.to_status)
		.map((event) => `${event.from_status ?? "new"}->${event.to_status}`);
	for (const node of document.querySelectorAll("#graph .node")) {
		node.classList.toggle("now", node.dataset.name === session.status);
	}
	for (const edge of document.querySelectorAll("#graph .edge")) {
		edge.classList.toggle("taken", moves.includes(edge.dataset.name));
		edge.classList.toggle("now", moves.at(-1) === edge.dataset.name);
	}
	$("#graph").className = `card ${session.status}`;
}

function time(text) {
	return new Date(text).toLocaleTimeString("en-GB");
}

function drawSessions(sessions, session) {
	fill("#sessions", html`${sessions.map((each) => html`
		<button data-session="${each.id}" class="${each.status}" aria-pressed="${each.id === session.id}">
			<b>${each.provider_id}</b> ${each.status}${each.is_selected && html`<em>selected</em>`}
		</button>`)}`);
}

const told = ["status", "is_selected", "is_initiated", "amount", "currency_code", "provider_ref", "status_reason",
	"payment_authorized_at", "expires_at", "canceled_at", "idempotency_key", "id", "cart_id", "data"];

function drawRow(session) {
	const value = (column) => typeof session[column] === "object" && session[column] ? JSON.stringify(session[column]) : session[column];
	fill("#row table", html`${told.map((column) => html`
		<tr class="${last.id === session.id && last[column] !== String(value(column)) ? "changed" : ""}">
			<th>${column}</th><td class="${session[column] === null ? "null" : ""}">${value(column) === null ? "null" : String(value(column))}</td>
		</tr>`)}`);
	last = Object.fromEntries(told.map((column) => [column, String(value(column))]));
}

function drawHistory(events) {
	fill("#history ol", html`${events.map((event) => html`
		<li><time>${time(event.at)}</time>
			<span>${event.from_status === event.to_status
				? html`${event.to_status}, ${event.is_selected ? "selected" : "not selected"}, ${event.amount === null ? "no amount" : money(event.amount)}`
				: html`${event.from_status ?? "new"} → <b class="${event.to_status}">${event.to_status}</b>`}
			${event.reason && html`<small>${event.reason}</small>`}</span>
			<small>${event.role}</small></li>`)}`);
}

function drawWebhooks(webhooks) {
	$("#webhooks").hidden = webhooks.length === 0;
	fill("#webhooks ol", html`${webhooks.map((event) => html`
		<li><time>${time(event.received_at)}</time>
			<span>${event.status} ${event.detail && html`<small>${event.detail}</small>`}</span>
			<em class="${event.outcome}">${event.outcome}</em></li>`)}`);
}

// What an authorized amount is divided into, and what was asked of the provider.
function drawMoney(payment, operations) {
	const parts = payment && [
		["refunded", payment.refunded_amount + payment.refund_pending],
		["captured", payment.captured_amount - payment.refunded_amount - payment.refund_pending],
		["pending", payment.capture_pending + payment.void_pending],
		["held", payment.capturable_amount],
		["released", payment.voided_amount],
	].filter(([, amount]) => amount > 0);
	fill("#money div", html`
		${payment ? html`
		<p class="total"><b>${money(payment.amount)}</b> ${payment.status.replace("_", " ")}</p>
		<div class="parts">${parts.map(([name, amount]) => html`<i class="${name}" style="flex-grow: ${amount}"></i>`)}</div>
		<ul class="legend">${parts.map(([name, amount]) => html`<li class="${name}">${name} ${money(amount)}</li>`)}</ul>`
		: html`<p class="none">No payment yet: a payment is an authorized session that became an order.</p>`}
		<ol>${operations.map((operation) => html`
			<li><span><b>${operation.kind}</b> ${operation.amount && money(operation.amount)}
				${operation.attempt > 1 && html`<small>attempt ${operation.attempt}</small>`}
				${operation.reason && html`<small>${operation.reason}</small>`}</span>
				<em class="${operation.status}">${operation.status}</em></li>`)}</ol>`);
}

function drawStatement({ number, text, values, rows, command, changed, ms, error }) {
	const pieces = text.replace(/\s+/g, " ").split(/(\$\d+)/);
	const sent = pieces.map((piece) => /^\$\d+$/.test(piece)
		? html`<var>${literal(values[piece.slice(1) - 1])}</var>`
		: html`${piece.split(/(ps_\w+)/).map((word) => word.startsWith("ps_") ? html`<b>${word}</b>` : word)}`);
	return html`
		<li class="${error ? "refused" : "done"}" data-number="${number}">
			<code>${sent}</code>
			${error ? html`
			<p><strong>${error.code}</strong> ${short(error.message)}
				${error.constraint && html`<small>constraint ${error.constraint}</small>`}
				${error.detail && html`<small>${short(error.detail)}</small>`}
				${error.hint && html`<small>${error.hint}</small>`}</p>`
			: html`<p>${rows.length ? rows.map(answer) : `${command} ${changed}`} <time>${ms} ms</time></p>`}
		</li>`;
}

// Of an id its end is enough to know it again.
function short(text) {
	return text.replace(/\b([a-z]+_)(?:[0-9A-HJKMNP-TV-Z]{22}|[0-9a-f]{12})(\w{4})\b/g, "$1…\u2060$2");
}

function literal(value) {
	if (value === null || value === undefined) return "NULL";
	if (typeof value === "number" || typeof value === "boolean") return String(value);
	const text = short(typeof value === "object" ? JSON.stringify(value) : value);
	return `'${text.length > 64 ? `${text.slice(0, 63)}…` : text}'`;
}

// Of an answer, what one would look at first.
const telling = ["kind", "provider_id", "outcome", "claimed", "status", "is_selected", "amount", "total", "final", "detail", "order_id"];

function answer(row) {
	return html`<span>${telling.filter((column) => (row[column] ?? null) !== null)
		.map((column) => html`<i>${column}</i> ${short(String(row[column]))} `)}</span>`;
}

// Statements that came since the last time stand out for a moment.
let seen = 0;

function drawStatements(statements) {
	fill("#statements ol", html`${statements.map(drawStatement)}`);
	for (const item of document.querySelectorAll("#statements li")) {
		if (seen > 0 && item.dataset.number > seen) item.classList.add("new");
	}
	seen = statements[0]?.number ?? 0;
}

function draw() {
	const { sessions, events, payments, operations, webhooks, statements } = snapshot;
	drawStatements(statements);
	if (!sessions) return;
	const session = sessions.find((each) => each.id === shown) ?? sessions[0];
	const mine = (rows) => (rows ?? []).filter((row) => row.session_id === session.id);
	const payment = mine(payments)[0];
	drawSessions(sessions, session);
	lightGraph(session, mine(events));
	drawRow(session);
	drawHistory(mine(events));
	drawWebhooks(mine(webhooks));
	drawMoney(payment, (operations ?? []).filter((row) =>
		row.session_id === session.id || (payment && row.payment_id === payment.id)));
	for (const name of ["refund", "capture"]) $(`[data-trouble=${name}]`).disabled = !payment;
	document.body.dataset.session = session.id;
}

document.addEventListener("click", ({ target }) => {
	const button = target.closest("button");
	if (button?.dataset.session) {
		shown = button.dataset.session;
		draw();
	}
	if (button?.dataset.trouble) {
		fetch(`/trouble/${button.dataset.trouble}`, {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ session_id: document.body.dataset.session }),
		});
	}
});

await drawGraph();
const live = new EventSource("/live");
live.onmessage = ({ data }) => {
	const selected = () => snapshot?.sessions?.find((each) => each.is_selected)?.id;
	const before = selected();
	snapshot = JSON.parse(data);
	// who chooses another way to pay wants to see that
	if (selected() !== before) shown = selected() ?? shown;
	draw();
};
