// The shop itself: plain pages and forms, a cart in a cookie.
import { randomUUID } from "node:crypto";
import express from "express";
import { all, call, read } from "./database.js";
import * as pages from "./pages.js";
import * as payments from "./payments.js";
import { cartDocument, products } from "./products.js";

export const shop = express.Router();

// Of the browser's history every page is asked for anew.
shop.use("/shop", express.urlencoded({ extended: false }), (request, response, next) => {
	response.set("Cache-Control", "no-store");
	next();
});

function cartInCookie(request) {
	return /(?:^|; )cart=(cart_\w+)/.exec(request.get("Cookie") ?? "")?.[1];
}

export async function findCart(request) {
	return (await read("SELECT * FROM paysession.cart WHERE id = $1", [cartInCookie(request)]))[0];
}

// The visitor's cart, a new one for who has none.
export async function visitorsCart(request, response) {
	const cart = await findCart(request);
	if (cart) return cart;
	const [{ id }] = await read("SELECT paysession.ps_new_id('cart') AS id");
	response.cookie("cart", id, { httpOnly: true, sameSite: "lax" });
	return call("ps_put_cart", { cart: cartDocument(id, { teapot: 1, cup: 2, tea: 0 }) });
}

// What a form names, if it is the visitor's own.
async function ownSession(request) {
	const session = await payments.findSession(request.body?.session_id ?? request.query.session_id);
	return session?.cart_id === cartInCookie(request) ? session : undefined;
}

shop.get("/shop", async (request, response) => {
	const cart = await visitorsCart(request, response);
	if (cart.completed_at) return response.redirect(303, "/shop/order");
	// Their amounts follow the cart by themselves; one that has ended gets a successor.
	let sessions = await payments.liveSessions(cart.id);
	if (sessions.length < 3) sessions = await all("ps_set_sessions", { cart_id: cart.id });
	return response.send(String(pages.cart(cart, sessions)));
});

shop.post("/shop/cart", async (request, response) => {
	const cart = await visitorsCart(request, response);
	const { product, quantity } = request.body;
	if (Object.hasOwn(products, product) && /^\d$/.test(quantity)) {
		await call("ps_put_cart", { cart: cartDocument(cart.id, { ...cart.metadata, [product]: Number(quantity) }) });
	}
	response.redirect(303, "/shop");
});

shop.post("/shop/choose", async (request, response) => {
	const session = await ownSession(request);
	if (session) await call("ps_select", { session_id: session.id });
	response.redirect(303, "/shop");
});

function showOutcome(response, session) {
	if (session?.status === "authorized") return response.redirect(303, "/shop/order");
	if (session?.status === "pending" || session?.status === "requires_more") {
		return response.send(String(pages.waiting(session)));
	}
	return response.redirect(303, "/shop");
}

shop.post("/shop/pay", async (request, response) => {
	let session = await ownSession(request);
	if (session) session = await payments.pay(session.id);
	if (session?.status === "requires_more") return response.redirect(303, session.data.url);
	return showOutcome(response, session);
});

shop.get("/shop/return", async (request, response) => {
	let session = await ownSession(request);
	if (session) session = await payments.goOn(session.id);
	return showOutcome(response, session);
});

shop.get("/shop/order", async (request, response) => {
	const cart = await findCart(request);
	if (!cart?.completed_at) return response.redirect(303, "/shop");
	return response.send(String(pages.order(cart, await payments.findPayment(cart.id), randomUUID())));
});

// What a merchant does with an order, here by whose it is.
shop.post("/shop/order/:action", async (request, response) => {
	const cart = await findCart(request);
	const payment = cart && await payments.findPayment(cart.id);
	const { amount, key } = request.body;
	if (payment && request.params.action === "ship") await payments.capture(payment);
	if (payment && request.params.action === "refund") await payments.refund(payment, Math.round(amount * 100), key);
	if (payment && request.params.action === "cancel") await payments.release(payment);
	response.redirect(303, "/shop/order");
});

shop.post("/shop/again", (request, response) => {
	response.clearCookie("cart");
	response.redirect(303, "/");
});

// What the law refuses is told to the visitor as it stands.
shop.use("/shop", (error, request, response, next) => {
	if (!/^(22|23|P0002)/.test(error.code)) return next(error);
	return response.status(409).send(String(pages.refused(error)));
});
