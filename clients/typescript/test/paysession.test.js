// Needs a server where paysession is installed, found and entered by PGHOST,
// PGUSER and so on; makes a database there, and drops it in the end.

'use strict';

const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const pg = require('pg');
const library = require('paysession');

// Each function that is called is crossed out.
const uncalled = new Set(Object.keys(library).filter((name) => name.startsWith('ps_')));
const ps = new Proxy(library, {
	get(target, name) {
		uncalled.delete(name);
		return target[name];
	},
});

const top = path.join(__dirname, '..');
const database = `paysession_typescript_${process.pid}`;
let pool;

async function maintain(statement) {
	const client = new pg.Client();
	await client.connect();
	await client.query(statement);
	await client.end();
}

before(async () => {
	await maintain(`CREATE DATABASE ${database}`);
	pool = new pg.Pool({ database });
	await pool.query('CREATE EXTENSION paysession');
	await ps.ps_put_provider(pool, 'stripe', { capture_method: 'manual_multiple', session_ttl: '1 day' });
	await ps.ps_put_provider(pool, 'klarna');
});

after(async () => {
	await pool.end();
	await maintain(`DROP DATABASE ${database} WITH (FORCE)`);
});

let carts = 0;

async function session(total = 5399) {
	const id = `cart_${++carts}`;
	await ps.ps_put_cart(pool, { id, currency_code: 'eur', subtotal: total });
	return ps.ps_create(pool, id, 'stripe');
}

async function payment(total) {
	const { id } = await session(total);
	await ps.ps_authorize(pool, id);
	return ps.ps_promote(pool, id);
}

// What an error is: its constraint, else its SQLSTATE.
function refused(expected) {
	return (error) => {
		assert.strictEqual(ps.refusal(error) ?? error.code, expected);
		return true;
	};
}

test('routes, before there is anything on them', async () => {
	assert.strictEqual(await ps.ps_own_routes(pool, '{[0,16384)}'), '{[0,16384)}');
	assert.strictEqual(await ps.ps_owned_routes(pool), '{[0,16384)}');
	assert.strictEqual(await ps.ps_own_routes(pool, null), null);
});

test('a checkout', async () => {
	const channel = await ps.ps_put_sales_channel(pool, 'web', 'Web shop', { metadata: { colour: 'blue' } });
	assert.deepStrictEqual(channel.metadata, { colour: 'blue' });
	const cart = await ps.ps_put_cart(pool, { id: 'cart', currency_code: 'eur', sales_channel_id: 'web', subtotal: 4500, shipping_total: 899 });
	assert.strictEqual(cart.total, 5399);

	const sessions = await ps.ps_set_sessions(pool, 'cart');
	assert.deepStrictEqual(sessions.map((session) => [session.provider_id, session.amount, session.status, session.is_selected]).sort(),
		[['klarna', 5399, 'pending', false], ['stripe', 5399, 'pending', false]]);
	const [live] = await ps.ps_set_sessions(pool, 'cart', { provider_ids: ['stripe'] });
	assert.strictEqual(live.is_selected, true);
	assert.strictEqual((await ps.ps_unselect(pool, live.id)).is_selected, false);
	assert.strictEqual((await ps.ps_select(pool, live.id)).is_selected, true);
	assert.deepStrictEqual((await ps.ps_update(pool, live.id, { data: { a: [1, { b: null }] } })).data, { a: [1, { b: null }] });

	const operation = await ps.ps_begin(pool, live.id, { lease: '2 minutes' });
	assert.strictEqual(operation.claimed, true);
	assert.strictEqual(operation.kind, 'authorize');
	assert.ok(operation.claimed_until - operation.created_at >= 119_000);
	assert.strictEqual((await ps.ps_require_more(pool, live.id, { provider_ref: 'pi_1' })).status, 'requires_more');
	assert.strictEqual((await ps.ps_fail(pool, live.id, { reason: 'declined' })).status_reason, 'declined');
	assert.strictEqual((await ps.ps_retry(pool, live.id)).status, 'pending');
	assert.strictEqual((await ps.ps_authorize(pool, live.id, { amount: 5399 })).status, 'authorized');

	const completed = await ps.ps_complete_cart(pool, { cart_id: 'cart', order_id: 'order_1' });
	assert.strictEqual(completed.order_id, 'order_1');
	assert.strictEqual((await ps.ps_promote(pool, live.id)).id, completed.id);
	const captured = await ps.ps_capture(pool, completed.id, { amount: 5000, final: true, metadata: { box: 1 } });
	assert.deepStrictEqual([captured.amount, captured.final, captured.released_amount, captured.metadata], [5000, true, 399, { box: 1 }]);
	assert.strictEqual((await ps.ps_refund(pool, completed.id, { amount: 1000, reason: 'return' })).reason, 'return');
	assert.deepStrictEqual((await ps.ps_refund_order(pool, 'order_1', 500, { note: 'too late' })).map(({ amount, note }) => [amount, note]),
		[[500, 'too late']]);
	const until = new Date('2031-02-03T04:05:06.789Z');
	const updated = await ps.ps_update_payment(pool, completed.id, { authorization_expires_at: until });
	assert.deepStrictEqual(updated.authorization_expires_at, until);
	assert.deepStrictEqual([updated.status, updated.refundable_amount, updated.capturable_amount], ['partially_refunded', 3500, 0]);

	assert.deepStrictEqual((await ps.ps_history(pool, live.id)).map(({ from_status, to_status }) => [from_status, to_status])[0], [null, 'pending']);
	assert.strictEqual((await ps.ps_get(pool, live.id, { expand: ['payment'] })).payment.captured_amount, 5000);
});

test('what is not done as it was thought', async () => {
	const { id } = await session();
	const fresh = await ps.ps_refresh(pool, id);
	assert.notStrictEqual(fresh.id, id);
	assert.strictEqual((await ps.ps_delete(pool, fresh.id)).id, fresh.id);
	assert.strictEqual((await ps.ps_cancel(pool, (await session()).id, { reason: 'changed my mind' })).status, 'canceled');

	const { id: payment_id } = await payment(100);
	const operation = await ps.ps_void(pool, payment_id, { lease: '1 minute', reason: 'out of stock' });
	assert.strictEqual((await ps.ps_claim(pool, operation.id)).claimed, false);
	assert.deepStrictEqual(await ps.ps_stuck(pool, { older_than: '0 seconds' }), []);
	assert.strictEqual((await ps.ps_finish(pool, operation.id, 'succeeded')).status, 'succeeded');

	assert.strictEqual((await ps.ps_receive(pool, 'stripe', 'evt_1', 'authorized', { provider_ref: 'pi_unknown', payload: [1] })).outcome, 'parked');
	assert.strictEqual((await ps.ps_resolve(pool, 'stripe', 'evt_1', false, { note: 'not ours' })).outcome, 'dismissed');

	await ps.ps_put_cart(pool, { id: 'cart_free', currency_code: 'eur', subtotal: 0 });
	assert.strictEqual(await ps.ps_complete_cart(pool, { cart_id: 'cart_free' }), null);
});

test('collections', async () => {
	const { id } = await ps.ps_create_collection(pool, 300, 'eur', { metadata: { n: 1 } });
	const sessions = await ps.ps_set_collection_sessions(pool, id, [{ provider_id: 'stripe', amount: 100 }, { provider_id: 'klarna', amount: 200 }]);
	assert.deepStrictEqual(sessions.map(({ amount }) => amount).sort(), [100, 200]);
	assert.strictEqual((await ps.ps_update_collection(pool, id, { description: 'shared' })).description, 'shared');
	assert.strictEqual((await ps.ps_get_collection(pool, id, { expand: ['sessions'] })).payment_sessions.length, 2);
	assert.strictEqual((await ps.ps_cancel_collection(pool, id)).status, 'canceled');
	assert.strictEqual((await ps.ps_delete_collection(pool, (await ps.ps_create_collection(pool, 1, 'eur')).id)).amount, 1);
});

test('a request that comes again', async () => {
	const begin = () => ps.ps_idempotency_begin(pool, 'key', 'POST', '/checkout', { cart: 'cart' }, { lease: '1 minute' });
	assert.strictEqual((await begin()).recovery_point, 'started');
	await assert.rejects(begin(), refused('55P03'));
	assert.strictEqual((await ps.ps_idempotency_advance(pool, 'key', 'paid')).recovery_point, 'paid');
	assert.strictEqual((await ps.ps_idempotency_finish(pool, 'key', 200, { body: 'done' })).response_code, 200);
	// a string is a JSON value as well
	assert.strictEqual((await begin()).response_body, 'done');
});

test('reading, ids and housekeeping', async () => {
	const { id, created_at } = await session();
	assert.strictEqual((await ps.ps_list(pool, { status: 'pending', created_before: new Date(created_at.getTime() + 1), max_rows: 1 }))[0].id, id);
	assert.ok(Math.abs(await ps.ps_id_time(pool, id) - created_at) < 1000);
	assert.deepStrictEqual(await ps.ps_id_time(pool, 'x_7ZZZZZZZZZ0000000000000000'), new Date(2 ** 48 - 1));
	assert.strictEqual(await ps.ps_route(pool, id), await ps.ps_route(pool, await ps.ps_new_id(pool, 'pay', { near: id })));

	const all = await ps.ps_events(pool, { max_rows: 1000 });
	const [first, ...rest] = all;
	assert.match(first.txid, /^\d+$/);
	assert.deepStrictEqual(await ps.ps_events(pool, { after: first.cursor, max_rows: 1000 }), rest);
	assert.ok((await ps.ps_transitions(pool)).some((move) => move.from_status === null && move.to_status === 'pending'));
	assert.deepStrictEqual(await ps.ps_expire(pool), []);
	assert.strictEqual(await ps.ps_purge(pool, new Date(0)), 0);
	assert.deepStrictEqual(await ps.ps_check(pool), []);
});

// The words that the catalogue does not tell stand in scripts/typescript.sql.
test('the words that an argument can be are those that the database takes', async () => {
	const words = (type) => fs.readFileSync(path.join(top, 'src/rows.ts'), 'utf8').match(`export type ${type} = (.*);`)[1].replaceAll("'", '').split(' | ');
	const takes = async (call, word) => {
		try {
			await call(word);
		} catch (error) {
			assert.match(error.code, /^(22023|P0002|23514)$/);
			return error.code !== '22023';
		}
		return true;
	};
	const { id } = await session();
	const { id: payment_id } = await payment(1000);
	await ps.ps_capture(pool, payment_id, { amount: 100, final: false });
	const pending = await ps.ps_capture(pool, payment_id, { amount: 10, lease: '1 minute' });
	for (const [type, call] of Object.entries({
		OperationOutcome: (word) => ps.ps_finish(pool, pending.id, word),
		RefundReason: (word) => ps.ps_refund(pool, payment_id, { amount: 1, reason: word }),
		SessionRelation: (word) => ps.ps_get(pool, id, { expand: [word] }),
		CollectionRelation: async (word) => ps.ps_get_collection(pool, (await ps.ps_create_collection(pool, 1, 'eur')).id, { expand: [word] }),
	})) {
		for (const word of words(type)) {
			assert.ok(await takes(call, word), `${type}: ${word}`);
		}
		assert.ok(!await takes(call, 'made_up'), type);
	}
});

test('what is left out has the default of the database, what is null is NULL', async () => {
	const seen = [];
	const spy = { query: (query) => { seen.push(query); return pool.query(query); } };
	const { id } = await session();
	await ps.ps_cancel(spy, id, { reason: undefined });
	await ps.ps_cancel(spy, id, { reason: null, session_id: 'x', 'a) --': 1 });
	assert.deepStrictEqual(seen.map(({ text, values }) => [text, values]), [
		['SELECT * FROM paysession.ps_cancel(session_id => $1) AS value', [id]],
		['SELECT * FROM paysession.ps_cancel(session_id => $1, reason => $2) AS value', [id, null]],
	]);
});

test("pg's parsers are neither used nor changed", async () => {
	const { types } = pg;
	const before = [20, 1184, 3802].map((oid) => types.getTypeParser(oid));
	for (const oid of [20, 1184, 3802]) {
		types.setTypeParser(oid, () => 'not ours');
	}
	try {
		const row = await session(7);
		assert.strictEqual(row.amount, 7);
		assert.ok(row.created_at instanceof Date);
		assert.deepStrictEqual(row.data, {});
		const { rows } = await pool.query({ text: 'SELECT * FROM paysession.payment_session WHERE id = $1', values: [row.id], types: ps.types });
		assert.deepStrictEqual(rows, [row]);
		assert.strictEqual((await pool.query('SELECT 1::bigint AS n')).rows[0].n, 'not ours');
	} finally {
		[20, 1184, 3802].forEach((oid, n) => types.setTypeParser(oid, before[n]));
	}
});

test('values come as they are', async () => {
	const client = new pg.Client({ database });
	await client.connect();
	const read = async (expression) => (await client.query({ text: `SELECT ${expression} AS value`, types: ps.types })).rows[0].value;
	for (const zone of ['UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Africa/Monrovia']) {
		await client.query(`SET timezone = '${zone}'`);
		for (const time of ['2030-02-28T23:59:59.999Z', '2030-01-01T00:00:00.500Z', '1970-01-01T00:00:00.000Z', '0044-03-15T12:00:00.000Z']) {
			assert.deepStrictEqual(await read(`'${time}'::timestamptz`), new Date(time), `${time} in ${zone}`);
		}
	}
	await client.query("SET datestyle = 'German'");
	await assert.rejects(read('now()'), RangeError);
	assert.strictEqual(await read('9007199254740991'), Number.MAX_SAFE_INTEGER);
	assert.strictEqual(await read('-9007199254740991'), Number.MIN_SAFE_INTEGER);
	await assert.rejects(read('9007199254740992'), RangeError);
	assert.strictEqual(await read('1.50'), '1.50');
	assert.strictEqual(await read("interval '1 day'"), '1 day');
	assert.deepStrictEqual(await read(`'[1, "two", null]'::jsonb`), [1, 'two', null]);
	assert.deepStrictEqual([await read('true'), await read('false'), await read('NULL::boolean')], [true, false, null]);
	await client.end();
});

test('errors say which rule it was', async () => {
	const { id, cart_id } = await session();
	await assert.rejects(ps.ps_select(pool, 'ps_unknown'), refused('P0002'));
	await assert.rejects(ps.ps_select(pool, null), refused('22004'));
	await assert.rejects(ps.ps_create(pool, cart_id, 'paypal'), refused('payment_session_provider_id_fkey'));
	await assert.rejects(ps.ps_authorize(pool, id, { amount: 1 }), refused('payment_session_amount'));
	await assert.rejects(ps.ps_authorize(pool, id, { amount: 1.5 }), refused('22P02'));
	await assert.rejects(ps.ps_update(pool, id, { data: { card: '4242 4242 4242 4242' } }), refused('payment_session_no_pan'));
	await ps.ps_cancel(pool, id);
	await assert.rejects(ps.ps_authorize(pool, id), refused('payment_session_transition'));

	await pool.query('CREATE TABLE public.payment (id integer CONSTRAINT payment_pkey PRIMARY KEY)');
	await pool.query('INSERT INTO public.payment VALUES (1)');
	await assert.rejects(pool.query('INSERT INTO public.payment VALUES (1)'), (error) => {
		assert.ok(ps.isDatabaseError(error));
		assert.strictEqual(error.constraint, 'payment_pkey');
		assert.strictEqual(ps.refusal(error), undefined, "somebody else's rule");
		return true;
	});
	for (const other of [undefined, null, 'payment_session_amount', new Error('none'), Object.assign(new Error('none'), { code: 'ECONNREFUSED' })]) {
		assert.deepStrictEqual([ps.isDatabaseError(other), ps.refusal(other), ps.retryable(other)], [false, undefined, false]);
	}
});

test('a transaction is done again when it met another one', async () => {
	const { id } = await payment(1000);
	let attempts = 0;
	let arrived = 0;
	let go;
	const both = new Promise((resolve) => { go = resolve; });
	const capture = () => ps.transaction(pool, async (db) => {
		attempts++;
		await db.query('SELECT FROM paysession.payment');	// the snapshot
		if (++arrived === 2) {
			go();
		}
		await both;
		return ps.ps_capture(db, id, { amount: 400, final: false });
	}, { isolation: 'repeatable read' });
	const captured = await Promise.all([capture(), capture()]);
	assert.deepStrictEqual(captured.map(({ amount }) => amount), [400, 400]);
	assert.strictEqual(attempts, 3);
	assert.strictEqual((await ps.ps_update_payment(pool, id)).captured_amount, 800);
});

test('a transaction is done again as often as is said, and for nothing else', async () => {
	const tries = async (code, options) => {
		let attempts = 0;
		await assert.rejects(ps.transaction(pool, async (db) => {
			attempts++;
			await db.query(`DO $$ BEGIN RAISE 'no' USING ERRCODE = '${code}'; END $$`);
		}, options), refused(code));
		return attempts;
	};
	assert.strictEqual(await tries('40001', { attempts: 2 }), 2);
	assert.strictEqual(await tries('40P01', {}), 5);
	assert.strictEqual(await tries('23514', {}), 1);
});

test('a transaction is done as a whole or not at all', async () => {
	await pool.query('CREATE TABLE public.shop_order (id integer PRIMARY KEY)');
	const insert = (db, id) => db.query('INSERT INTO public.shop_order VALUES ($1)', [id]);
	await ps.transaction(pool, (db) => insert(db, 1));
	await assert.rejects(ps.transaction(pool, async (db) => {
		await insert(db, 2);
		throw new Error('mine');
	}), /^Error: mine$/);
	await assert.rejects(ps.transaction(pool, async (db) => {
		await insert(db, 3);
		await insert(db, 1).catch(() => {});
	}), /a statement in it had failed/);
	assert.deepStrictEqual((await pool.query('SELECT id FROM public.shop_order')).rows, [{ id: 1 }]);
	assert.strictEqual(pool.idleCount, pool.totalCount, 'every connection is back');
});

test('a connection that is lost in a transaction does not come back', async () => {
	const small = new pg.Pool({ database, max: 1 });
	await assert.rejects(ps.transaction(small, (db) => db.query('SELECT pg_terminate_backend(pg_backend_pid())')), refused('57P01'));
	assert.strictEqual(small.totalCount, 0);
	assert.strictEqual(await ps.transaction(small, async () => 'again'), 'again');
	await small.end();

	// nor does one that is still busy with a statement that pg has given up
	const impatient = new pg.Pool({ database, max: 1, query_timeout: 1000 });
	await assert.rejects(ps.transaction(impatient, (db) => db.query('SELECT pg_sleep(60)')), /timeout/);
	assert.strictEqual(impatient.totalCount, 0);
	await impatient.end();
});

test('what must compile does, what must not does not', () => {
	const [, example] = fs.readFileSync(path.join(top, 'README.md'), 'utf8').match(/```ts\n(.*?)```/s);
	fs.writeFileSync(path.join(__dirname, 'readme.mts'), example
		+ 'declare function callTheProvider(amount: number | null, key: string): Promise<{ id: string; amount: number }>;\n');
	const mistakes = fs.readFileSync(path.join(__dirname, 'mistakes.ts'), 'utf8').split('\n')
		.flatMap((line, n) => [...line.matchAll(/\/\/ (TS\d+)$/g)].map(([, code]) => `test/mistakes.ts:${n + 1} ${code}`));
	assert.ok(mistakes.length > 20);
	const { stdout } = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'test', '--pretty', 'false'],
		{ cwd: top, encoding: 'utf8' });
	assert.deepStrictEqual([...stdout.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)].map(([, file, line, code]) => `${file}:${line} ${code}`), mistakes);
});

test('the package is what it takes, and works for require, import and TypeScript', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paysession-'));
	const run = (program, ...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8' });
	try {
		const [{ files, filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
			{ cwd: top, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
		const rooms = ['database', 'errors', 'functions', 'index', 'rows', 'transaction'];
		assert.deepStrictEqual(files.map((file) => file.path).sort(),
			['LICENSE', 'README.md', ...rooms.flatMap((room) => [`dist/${room}.d.ts`, `dist/${room}.js`]), 'package.json']);
		fs.mkdirSync(path.join(folder, 'node_modules/paysession'), { recursive: true });
		run('tar', '-xzf', filename, '-C', 'node_modules/paysession', '--strip-components=1');
		assert.strictEqual(run('node', '-p', "typeof require('paysession').ps_create"), 'function\n');
		assert.strictEqual(run('node', '--input-type=module', '-e',
			"import { ps_create, retryable } from 'paysession'; console.log(typeof ps_create, typeof retryable)"), 'function function\n');
		// for one without types of Node or pg
		for (const file of ['a.mts', 'a.cts']) {
			fs.writeFileSync(path.join(folder, file), "import { ps_select, type Queryable } from 'paysession';\nexport const f = (db: Queryable) => ps_select(db, 'ps_1');\n");
		}
		run(process.execPath, require.resolve('typescript/bin/tsc'), '--strict', '--noEmit', '--target', 'es2022', '--module', 'node16', 'a.mts', 'a.cts');
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
});

test('every function has been called', () => {
	assert.deepStrictEqual([...uncalled], []);
});
