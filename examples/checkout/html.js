// html`…` is markup.  What is put into it is text, and escaped, unless it is
// markup itself, a list of such, or nothing.
class Markup {
	constructor(text) {
		this.text = text;
	}

	toString() {
		return this.text;
	}
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function markup(value) {
	if (value instanceof Markup) return value.text;
	if (Array.isArray(value)) return value.map(markup).join("");
	if (value === null || value === undefined || value === false) return "";
	return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}

export function html(strings, ...values) {
	return new Markup(String.raw({ raw: strings }, ...values.map(markup)));
}

export function money(amount, currency = "eur") {
	return new Intl.NumberFormat("en-IE", { style: "currency", currency }).format(amount / 100);
}
