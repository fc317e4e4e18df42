import hashlib
import re

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
OURS = re.compile(f"(?:ps|pay|op|paycol|ikey|cart)_[0-7][{DIGITS}]{{9}}([{DIGITS}]{{3}})[{DIGITS}]{{13}}")


def route(id):
    """The route of an id, as paysession.ps_route has it; its slot is route(id) >> 5."""
    ours = OURS.fullmatch(id)
    if ours:
        return sum(DIGITS.index(c) << 5 * n for n, c in enumerate(reversed(ours[1])))
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:2], "big") >> 1
