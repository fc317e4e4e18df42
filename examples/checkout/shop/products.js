// What there is to buy, and what a cart with some of it is to the database:
// lines to compute its total from, and a fact of our own, how many of each.
export const products = {
	teapot: { name: "Teapot", note: "stoneware, 0.8 l", price: 4200 },
	cup: { name: "Cup", note: "stoneware, 0.2 l", price: 1250 },
	tea: { name: "Sencha", note: "green tea, 100 g", price: 890 },
};

const vat = 20;
const shipping = 490;

export function cartDocument(id, quantities) {
	const items = Object.keys(products)
		.filter((product) => quantities[product] > 0)
		.map((product) => ({ unit_price: products[product].price, quantity: quantities[product], tax_rates: [vat] }));
	const methods = items.length > 0 ? [{ price: shipping, tax_rates: [vat] }] : [];
	return { id, currency_code: "eur", metadata: quantities, items, shipping_methods: methods };
}
