// A client of the Medusa server on a port, and of its database as libpq's
// variables say.
const { Client } = require('pg');

exports.open = async (database, port) => {
	const db = new Client({ database });
	let token;

	// call asks the server; an answer that is no 2xx is an answer, too.
	const call = async (method, path, body) => {
		const response = await fetch(`http://127.0.0.1:${port}${path}`, {
			method,
			headers: { 'content-type': 'application/json', ...(path.startsWith('/admin') && token && { authorization: `Bearer ${token}` }) },
			body: body && JSON.stringify(body),
		});

		return { status: response.status, body: await response.json() };
	};
	// must does so where anything else ends the test.
	const must = async (...request) => {
		const { status, body } = await call(...request);

		if (status !== 200)
			throw new Error(`${request[0]} ${request[1]}: ${status} ${JSON.stringify(body)}`);
		return body;
	};
	const sql = async (text, ...values) => (await db.query(text, values)).rows;

	await db.connect();
	token = (await must('POST', '/admin/auth/token', { email: 'admin@example.com', password: 'secret' })).access_token;
	await must('POST', '/admin/store', { currencies: ['eur', 'usd'] });
	const { region } = await must('POST', '/admin/regions', {
		name: 'Europe', currency_code: 'eur', tax_rate: 20, countries: [],
		payment_providers: ['paya', 'payb', 'payc'], fulfillment_providers: [],
	});
	// A variant of a product that costs 1000, of which there is so much, or enough.
	const variant = async (title, inventory_quantity) => (await must('POST', '/admin/products', {
		title: `${title} for ${region.id}`, status: 'published', options: [{ title: 'colour' }],
		variants: [{
			title: 'white', manage_inventory: inventory_quantity !== undefined, inventory_quantity, options: [{ value: 'white' }],
			prices: [{ currency_code: 'eur', amount: 1000 }],
		}],
	})).product.variants[0].id;
	const cup = await variant('Cup');
	const { customer } = await must('POST', '/store/customers', {
		email: `${region.id}@example.com`, first_name: 'A', last_name: 'Customer', password: 'secret',
	});

	// A cart of three: 3600 with its taxes.
	const cart = async (variant_id = cup) => {
		const { id } = (await must('POST', '/store/carts', { region_id: region.id, items: [{ variant_id, quantity: 3 }] })).cart;

		// Asked to, Medusa would set the cart's sessions once more, some time later.
		await sql('UPDATE cart SET customer_id = $2, email = $3 WHERE id = $1', id, customer.id, customer.email);
		return id;
	};
	const collection = async (amount) => (await sql(`
		INSERT INTO payment_collection (id, type, status, amount, region_id, currency_code, created_by)
		VALUES ('paycol_' || gen_random_uuid(), 'order_edit', 'not_paid', $1, $2, 'eur', 'test') RETURNING id`, amount, region.id))[0].id;
	const intents = async (resource) => must('GET', `/test/intents/${resource}`);

	return { call, must, sql, region, variant, cup, cart, collection, intents, pid: () => db.processID, close: () => db.end() };
};
