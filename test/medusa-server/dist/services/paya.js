exports.default = require('../gateway').provider('paya');
