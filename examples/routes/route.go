package route

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"strings"
)

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var ours = regexp.MustCompile(`^(?:ps|pay|op|paycol|ikey|cart)_[0-7][` + digits + `]{9}([` + digits + `]{3})[` + digits + `]{13}$`)

// Route is the route of an id, as paysession.ps_route has it; its slot is Route(id) >> 5.
func Route(id string) (route int) {
	if ulid := ours.FindStringSubmatch(id); ulid != nil {
		for _, digit := range ulid[1] {
			route = route*32 + strings.IndexRune(digits, digit)
		}
		return route
	}
	hash := sha256.Sum256([]byte(id))
	return int(binary.BigEndian.Uint16(hash[:])) >> 1
}
