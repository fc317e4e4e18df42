// Fakepay's pages, in another look than the shop's: the customer is elsewhere.
import { html, money } from "../html.js";

function layout(body) {
	return html`<!DOCTYPE html>
<html lang="en">
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width">
	<title>Fakepay</title>
	<link rel="icon" href="data:,">
	<link rel="stylesheet" href="/fakepay.css">
</head>
<body>
	<header>fakepay<small>no money moves here</small></header>
	<main>
		${body}
	</main>
</body>
</html>
`;
}

function webhookChoice([value, label], i) {
	return html`
				<label><input type="radio" name="webhook" value="${value}"${i === 0 ? " checked" : ""}> ${label}</label>`;
}

const orders = [
	["together", "together with you"],
	["first", "first, before you are back"],
	["late", "late, five seconds after you"],
	["twice", "twice"],
];

export function decision(intent) {
	const challenged = intent.status === "challenge";
	return layout(html`
		<p>Kiln &amp; Leaf asks for</p>
		<h1>${money(intent.amount, intent.currency)}</h1>
		<p class="by">by ${intent.method} · <code>${intent.id}</code></p>
		${challenged && html`<p class="notice">Your bank wants to know more: is it you?</p>`}
		<form method="post">
			<fieldset>
				<legend>The webhook comes</legend>${orders.map(webhookChoice)}
			</fieldset>
			<button class="approve" name="choice" value="approve">${challenged ? "Yes, approve" : "Approve"}</button>
			<button name="choice" value="decline">Decline</button>
			${challenged || html`<button name="choice" value="more">Ask for more</button>`}
			<button name="choice" value="silence">Approve, then time out</button>
		</form>
		<p class="leave"><a href="${intent.return_to}">Back to the shop without deciding</a></p>`);
}

export function over(intent) {
	return layout(html`
		<h1>${intent ? `This payment is ${intent.status}.` : "No such payment."}</h1>
		${intent && html`<p class="leave"><a href="${intent.return_to}">Back to the shop</a></p>`}`);
}
