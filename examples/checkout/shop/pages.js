// The pages of the shop.
import { html, money } from "../html.js";
import { products } from "./products.js";

const providers = {
	bank: ["Bank transfer", "paid at once"],
	card: ["Card", "charged when we ship"],
	wallet: ["Wallet", "charged when we ship"],
};

// SVG paths, in a square of 24.
const pictures = {
	teapot: "M6 9h9c2 0 3 2 3 4.5c0 3.5-3 6-7 6s-7-2.5-7-6C4 11 5 9 6 9zM18 11l3.5-2M4.2 11C2 10.5 1.5 13 2 14.5s1.5 2 2.6 1.8M8 9c0-2 5.5-2 5.5 0M10.8 7.4V6",
	cup: "M6 8h12l-1.5 9.5c-.2 1-1 1.5-2 1.5h-5c-1 0-1.8-.5-2-1.5zM9 5.5c0-1 1-1 1-2M13.5 5.5c0-1 1-1 1-2",
	tea: "M5 19C5 10 10 5 19 5c0 9-5 14-12 12.5M5 19c2-4 5-7 8.5-9",
};

function layout(title, body, head) {
	return html`<!DOCTYPE html>
<html lang="en">
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width">
	<title>${title} – Kiln &amp; Leaf</title>
	<link rel="icon" href="data:,">
	<link rel="stylesheet" href="/shop.css">
	${head}
</head>
<body>
	<header>Kiln <i>&amp;</i> Leaf</header>
	<main>
		${body}
	</main>
</body>
</html>
`;
}

function line([id, product], quantities) {
	const quantity = quantities[id] ?? 0;
	const change = (to, sign, label) => html`
				<button name="quantity" value="${to}" aria-label="${label}"${to < 0 || to > 9 ? " disabled" : ""}>${sign}</button>`;
	return html`
		<form class="line${quantity ? "" : " none"}" method="post" action="/shop/cart">
			<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${pictures[id]}"/></svg>
			<span class="what"><b>${product.name}</b><small>${product.note}</small></span>
			<span class="quantity">
				<input type="hidden" name="product" value="${id}">${change(quantity - 1, "−", `less ${product.name}`)}
				<output>${quantity}</output>${change(quantity + 1, "+", `more ${product.name}`)}
			</span>
			<span class="price">${money(product.price * quantity)}</span>
		</form>`;
}

function totals(cart) {
	return html`
		<dl class="totals">
			<dt>Shipping</dt><dd>${money(cart.shipping_total)}</dd>
			<dt>VAT</dt><dd>${money(cart.tax_total ?? 0)}</dd>
			<dt class="total">Total</dt><dd class="total" id="total">${money(cart.total)}</dd>
		</dl>`;
}

function choice(session) {
	const [name, note] = providers[session.provider_id];
	return html`
			<button class="choice" name="session_id" value="${session.id}" aria-pressed="${session.is_selected}">
				<b>${name}</b><small>${note}</small>
			</button>`;
}

const notices = {
	requires_more: "Your payment has begun: you can go on where you left it.",
	error: "Your payment was refused. Try again, or choose another way.",
	authorized: "Your payment has come, your order is being placed.",
};

export function cart(cart, sessions) {
	const selected = sessions.find((session) => session.is_selected);
	const notice = selected && notices[selected.status];
	return layout("Your cart", html`
		<h1>Your cart</h1>
		${notice && html`<p class="notice ${selected.status}">${notice}</p>`}
		${Object.entries(products).map((product) => line(product, cart.metadata))}
		${totals(cart)}
		<h2>How would you like to pay?</h2>
		<form class="choices" method="post" action="/shop/choose">${sessions.map(choice)}
		</form>
		<form method="post" action="/shop/pay">
			<button class="primary" id="pay" name="session_id" value="${selected?.id}"${selected ? "" : " disabled"}>
				${selected?.status === "requires_more" ? "Go on with" : "Pay"} ${money(cart.total)}
			</button>
		</form>`);
}

export function waiting(session) {
	return layout("One moment", html`
		<h1>One moment</h1>
		<p class="notice">We have no answer yet. Nothing is lost: whatever becomes of your payment, you pay once.</p>
		<p><a class="primary" href="/shop/return?session_id=${session.id}">Ask again</a></p>
		<p><a href="/shop">Back to the cart</a></p>`,
	html`<meta http-equiv="refresh" content="3">`);
}

const says = {
	authorized: "The money is held. We charge it when we ship.",
	captured: "Paid.",
	partially_captured: "Paid in part.",
	partially_refunded: "Paid, and some of it refunded.",
	refunded: "Refunded.",
	canceled: "Canceled: nothing was charged.",
};

// key makes the refund that this page asks for one, however often it is sent.
export function order(cart, payment, key) {
	return layout("Your order", html`
		<h1>Thank you</h1>
		<p>Order <code>${cart.id.replace("cart_", "order_")}</code></p>
		${payment && html`<p class="notice ${payment.status}" id="paid">${says[payment.status]}</p>`}
		${Object.entries(products).filter(([id]) => cart.metadata[id]).map(([id, product]) => html`
		<div class="line">
			<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${pictures[id]}"/></svg>
			<span class="what"><b>${product.name}</b><small>${cart.metadata[id]} ×</small></span>
			<span class="price">${money(product.price * cart.metadata[id])}</span>
		</div>`)}
		${totals(cart)}
		<h2>Back office</h2>
		<form class="office" method="post" action="/shop/order/ship">
			<button id="ship"${payment?.capturable_amount ? "" : " disabled"}>Ship and charge</button>
			<button id="cancel" formaction="/shop/order/cancel"${payment?.capturable_amount ? "" : " disabled"}>Cancel the order</button>
		</form>
		<form class="office" method="post" action="/shop/order/refund">
			<input type="hidden" name="key" value="${key}">
			<input type="number" name="amount" aria-label="amount" min="0.01" step="0.01" value="10.00" required>
			<button id="refund"${payment?.refundable_amount ? "" : " disabled"}>Refund</button>
		</form>
		<form class="office" method="post" action="/shop/again" target="_top">
			<button>A new cart</button>
		</form>`);
}

export function refused(error) {
	return layout("Refused", html`
		<h1>That is not possible</h1>
		<p class="notice error">${error.message}</p>
		<p>${error.detail} ${error.hint}</p>
		<p><a class="primary" href="/shop">Back</a></p>`);
}
