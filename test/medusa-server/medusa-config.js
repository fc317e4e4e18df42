// Medusa finds what is ours in dist/: services are payment providers, api/ is
// where the test looks at them.
module.exports = {
	projectConfig: {
		database_url: process.env.DATABASE_URL,
		database_extra: { max: 20 },
		jwt_secret: 'test',
		cookie_secret: 'test',
	},
	plugins: [],
};
