const { createHash } = require("crypto");

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ours = new RegExp(`^(?:ps|pay|op|paycol|ikey|cart)_[0-7][${digits}]{9}([${digits}]{3})[${digits}]{13}$`);

// The route of an id, as paysession.ps_route has it; its slot is route(id) >> 5.
exports.route = (id) => {
	const ulid = ours.exec(id);
	if (ulid) return [...ulid[1]].reduce((route, digit) => route * 32 + digits.indexOf(digit), 0);
	return createHash("sha256").update(id).digest().readUInt16BE() >> 1;
};
