exports.default = require('../gateway').provider('payc');
