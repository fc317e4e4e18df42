const { readFileSync } = require('node:fs');
const { join } = require('node:path');

// written by: npm run --silent grants shop_dev app=shop >grants-1.0.0.sql
exports.up = (pgm) => {
	pgm.sql(readFileSync(join(__dirname, '../grants-1.0.0.sql'), 'utf8'));
};

exports.down = (pgm) => {
	pgm.sql('REVOKE ALL ON SCHEMA paysession FROM shop');
	pgm.sql('REVOKE ALL ON TYPE paysession.payment_session_status FROM shop');
	pgm.sql('REVOKE ALL ON ALL TABLES IN SCHEMA paysession FROM shop');
	pgm.sql('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession FROM shop');
};
