const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const install = require('./1_install');
const grants = require('./2_grants');

exports.up = (pgm) => {
	pgm.sql("SET LOCAL lock_timeout = '5s'"); // whoever comes after a waiting ALTER waits, too
	pgm.sql("ALTER EXTENSION paysession UPDATE TO '1.1.0'");
	pgm.sql(readFileSync(join(__dirname, '../grants-1.1.0.sql'), 'utf8'));
};

// An extension has no way back: where nothing is lost by it, begin anew.
exports.down = (pgm) => {
	install.down(pgm);
	install.up(pgm);
	grants.up(pgm);
};
