// What the tests share: a shop and a provider of their own, in a database of
// their own, a browser, and what they ask of the page and of the database.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import pg from "pg";
import { chromium } from "playwright-core";

const example = new URL("../../examples/checkout/", import.meta.url);
const environment = { ...process.env, FAKEPAY_SECRET: "only between us" };
const programs = new Map();
let browser;
let database;

// patience is how long anything may take; none of the tests is about that.
export const patience = 30000;

async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

async function start(name, port) {
	const program = spawn(process.execPath, [`${name}/main.js`], {
		cwd: example,
		env: { ...environment, PORT: port },
		stdio: ["ignore", "pipe", "inherit"],
	});
	programs.set(name, program);
	await Promise.race([once(program.stdout, "data"), once(program, "exit").then(() => {
		throw new Error(`${name} did not start`);
	})]);
	return program;
}

async function stop(name, signal) {
	const program = programs.get(name);
	if (!program) return;
	programs.delete(name);
	program.kill(signal);
	await once(program, "exit");
}

export async function killShop() {
	await stop("shop", "SIGKILL");
}

export async function startShop() {
	await start("shop", new URL(environment.SHOP).port);
}

// setUp makes a database from that of setup.sql, and opens a shop on it.
export function setUp(name) {
	before(async () => {
		const maintenance = new pg.Client({ database: "postgres" });
		await maintenance.connect();
		await maintenance.query(`CREATE DATABASE ${name} TEMPLATE shop`);
		await maintenance.end();
		database = new pg.Pool({ database: name });
		environment.PGDATABASE = name;
		environment.SHOP = `http://127.0.0.1:${await freePort()}`;
		environment.FAKEPAY = `http://127.0.0.1:${await freePort()}`;
		environment.WEBHOOK = `${environment.SHOP}/webhooks/fakepay`;
		await start("provider", new URL(environment.FAKEPAY).port);
		await startShop();
		browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
	});
	after(async () => {
		await browser?.close();
		await stop("shop");
		await stop("provider");
		await database?.end();
	});
}

export async function sql(text, ...values) {
	return (await database.query({ text, values, rowMode: "array" })).rows;
}

export function sign(event) {
	return createHmac("sha256", environment.FAKEPAY_SECRET).update(JSON.stringify(event)).digest("hex");
}

// What the shop answers to it.
export async function webhook(event, signature) {
	const response = await fetch(environment.WEBHOOK, {
		method: "POST",
		headers: { "Content-Type": "application/json", "Fakepay-Signature": signature },
		body: JSON.stringify(event),
	});
	return response.status;
}

async function eventually(what, test) {
	const end = Date.now() + patience;
	for (;;) {
		const [holds, seen] = await test();
		if (holds) return seen;
		if (Date.now() > end) assert.fail(`${what}: ${JSON.stringify(seen)}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

// A visitor: the page to watch, the shop in its frame, and the rows of the cart.
export class Visitor {
	static async come(viewport = { width: 1440, height: 1000 }) {
		const visitor = new Visitor();
		visitor.context = await browser.newContext({ viewport });
		visitor.context.setDefaultTimeout(patience);
		visitor.page = await visitor.context.newPage();
		await visitor.page.goto(environment.SHOP);
		visitor.shop = visitor.page.frameLocator("iframe");
		await visitor.shop.locator("#pay").waitFor();
		const [cookie] = (await visitor.context.cookies()).filter(({ name }) => name === "cart");
		visitor.cart = cookie.value;
		return visitor;
	}

	async leave() {
		await this.context.close();
	}

	// The shop by itself, in another tab.
	async tab(path = "/shop") {
		const page = await this.context.newPage();
		await page.goto(environment.SHOP + path);
		return page;
	}

	async session(provider) {
		const [[id]] = await sql(
			`SELECT id FROM paysession.payment_session WHERE cart_id = $1 AND provider_id = $2
			ORDER BY created_at DESC LIMIT 1`, this.cart, provider);
		return id;
	}

	// What the shop has asked the provider for, by kind.
	async requests() {
		const { requests, intents } = await (await fetch(`${environment.FAKEPAY}/requests`)).json();
		const sessions = (await sql("SELECT id FROM paysession.payment_session WHERE cart_id = $1", this.cart)).flat();
		const count = {};
		for (const { kind } of requests.filter(({ session_id }) => sessions.includes(session_id))) {
			count[kind] = (count[kind] ?? 0) + 1;
		}
		return { count, intents: intents.filter(({ session_id }) => sessions.includes(session_id)) };
	}

	// The rows come to be so.
	async rows(text, expected) {
		await eventually(text, async () => {
			const rows = await sql(text, this.cart);
			return [JSON.stringify(rows) === JSON.stringify(expected), rows];
		});
	}

	async sessionsAre(expected) {
		await this.rows(
			`SELECT provider_id, status FROM paysession.payment_session
			WHERE cart_id = $1 AND is_initiated ORDER BY provider_id, created_at`, expected);
	}

	async paymentIs(...expected) {
		await this.rows(
			`SELECT provider_id, status, captured_amount::int, refunded_amount::int FROM paysession.payment
			WHERE cart_id = $1`, [expected]);
	}

	async webhooksAre(expected) {
		await this.rows(
			`SELECT status, outcome FROM paysession.provider_event WHERE session_id IN
				(SELECT id FROM paysession.payment_session WHERE cart_id = $1) ORDER BY received_at, status`, expected);
	}

	// The page comes to show a text.
	async shows(selector, text) {
		await eventually(`${selector} with ${text}`, async () => {
			const seen = await this.page.locator(selector).innerText();
			return [seen.replace(/\s+/g, " ").includes(text), seen];
		});
	}

	async shopShows(text) {
		await this.shop.getByText(text).first().waitFor();
	}

	// In the shop, or at the provider, whichever the frame is at.
	async press(name, shop = this.shop) {
		await shop.getByRole("button", { name, exact: true }).click();
	}

	async choose(provider, shop = this.shop) {
		await shop.locator(".choice", { hasText: provider }).click();
		await shop.locator(".choice[aria-pressed=true]", { hasText: provider }).waitFor();
	}

	// Goes to the provider's page.
	async pay(provider, shop = this.shop) {
		await this.choose(provider, shop);
		await shop.locator("#pay").click();
		await shop.getByText("asks for").waitFor();
	}

	// Decides there; webhook: when it is to come.
	async decide(choice, webhook = "together", shop = this.shop) {
		await shop.locator(`[value=${webhook}]`).check();
		await this.press(choice, shop);
	}

	// For the README.  The run brings it back into the tree.
	async picture(name) {
		await this.page.mouse.move(0, 0);
		await this.page.waitForTimeout(2500); // until nothing is lit up any more
		await this.page.screenshot({ path: fileURLToPath(new URL(`../../doc/checkout-${name}.png`, import.meta.url)) });
	}

	// The state that the graph shows, and that the database has.
	async stands(status) {
		await this.page.locator(`#graph.${status} .node.now[data-name=${status}]`).waitFor();
	}
}

export async function lawHolds() {
	assert.deepEqual(await sql("SELECT * FROM paysession.ps_check()"), []);
}
