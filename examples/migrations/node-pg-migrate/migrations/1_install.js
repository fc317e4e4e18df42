const { readFileSync } = require('node:fs');
const { join } = require('node:path');

exports.up = (pgm) => {
	pgm.sql("CREATE EXTENSION paysession VERSION '1.0.0'");
	pgm.sql("SELECT paysession.ps_put_provider('stripe', session_ttl => '1 day')");
};

exports.down = (pgm) => {
	pgm.sql(readFileSync(join(__dirname, '../../refuse_when_used.sql'), 'utf8'));
	pgm.sql('DROP EXTENSION paysession');
};
