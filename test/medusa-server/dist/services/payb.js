exports.default = require('../gateway').provider('payb');
