// A payment provider as Medusa asks it, and the gateway behind it, in memory.
// Like a plugin of a real one it knows from a session's data what has been
// done, and calls the gateway for the rest.
const { AbstractPaymentProcessor } = require('@medusajs/medusa');

const intents = new Map();
const answers = [];

const call = () => new Promise((resolve) => setTimeout(resolve, Number(process.env.GATEWAY_MS)));

const provider = (identifier) => class extends AbstractPaymentProcessor {
	static identifier = identifier;

	async initiatePayment({ amount, resource_id }) {
		const intent = { id: `${identifier}_${intents.size}`, resource_id, amount, is_open: true, authorized: 0, captured: 0, refunded: 0 };

		intents.set(intent.id, intent);
		await call();
		return { session_data: { id: intent.id, resource_id } };
	}

	async updatePayment({ amount, paymentSessionData }) {
		await call();
		intents.get(paymentSessionData.id).amount = amount;
		// Some plugins have nothing to say then.
		if (identifier !== 'payc')
			return { session_data: paymentSessionData };
	}

	async updatePaymentData(id, data) {
		return data;
	}

	async authorizePayment(data) {
		if (data.authorized)
			return { status: 'authorized', data };
		const status = answers.shift() ?? 'authorized';

		await call();
		if (status !== 'authorized')
			return { status, data };
		intents.get(data.id).authorized += 1;
		return { status, data: { ...data, authorized: true } };
	}

	async capturePayment(data) {
		await call();
		intents.get(data.id).captured += 1;
		return data;
	}

	async refundPayment(data, amount) {
		await call();
		const intent = intents.get(data.id);

		if (intent.refunded + amount > intent.amount)
			throw new Error('more would be refunded than was paid');
		intent.refunded += amount;
		return data;
	}

	async cancelPayment(data) {
		return this.deletePayment(data);
	}

	async deletePayment(data) {
		await call();
		intents.get(data.id).is_open = false;
		return data;
	}

	async retrievePayment(data) {
		return data;
	}

	async getPaymentStatus(data) {
		return data.authorized ? 'authorized' : 'pending';
	}
};

module.exports = { intents, answers, provider };
