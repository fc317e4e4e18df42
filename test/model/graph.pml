/* The session's graph, from ps_transitions(): make diagram */
mtype = { new, authorized, pending, requires_more, error, canceled }

#define HAS_EDGE(from, to) (false \
	|| ((from) == new && (to) == pending) \
	|| ((from) == authorized && (to) == canceled) \
	|| ((from) == pending && (to) == authorized) \
	|| ((from) == pending && (to) == requires_more) \
	|| ((from) == pending && (to) == error) \
	|| ((from) == pending && (to) == canceled) \
	|| ((from) == requires_more && (to) == authorized) \
	|| ((from) == requires_more && (to) == pending) \
	|| ((from) == requires_more && (to) == error) \
	|| ((from) == requires_more && (to) == canceled) \
	|| ((from) == error && (to) == authorized) \
	|| ((from) == error && (to) == pending) \
	|| ((from) == error && (to) == requires_more) \
	|| ((from) == error && (to) == canceled) \
)
