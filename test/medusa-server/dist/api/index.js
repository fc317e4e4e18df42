// What the test asks besides Medusa's own API.
const { errorHandler } = require('@medusajs/medusa');
const express = require('express');
const { intents, answers } = require('../gateway');

exports.default = () => {
	const router = express.Router();

	router.use('/test', express.json());
	router.get('/test/intents/:resource', (req, res) => {
		res.json([...intents.values()].filter((intent) => intent.resource_id === req.params.resource));
	});
	router.post('/test/answers', (req, res) => {
		answers.push(...req.body);
		res.json({});
	});
	// A method of a service of Medusa's, in a transaction of its own: of its
	// routes some give calls at the same time one and the same.
	router.post('/test/services/:service/:method', async (req, res, next) => {
		const service = req.scope.resolve(req.params.service);

		try {
			await req.scope.resolve('manager').transaction((manager) =>
				service.withTransaction(manager)[req.params.method](...req.body));
			res.json({});
		} catch (error) {
			next(error);
		}
	});
	router.use(errorHandler());
	return router;
};
