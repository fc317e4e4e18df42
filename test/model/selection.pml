/*
 * Which session of a cart is selected, and what it costs: rules 3, 4 and 6,
 * and rule 17, at READ COMMITTED and at snapshot isolation.
 *
 * From every state that a cart may be in, clients run one transaction each, of
 * any verb and level, in every order of their steps.  A row has the version
 * that is committed and the one that who holds it has made; at snapshot
 * isolation who is to lock a version that its snapshot does not have fails
 * (40001).  Besides the rules it is checked that functions never wait for each
 * other in a circle, and never meet 23505.  Plain SQL may: then, who waits may
 * be given up.
 *
 * It stands for
 *
 *	lock, lock_session	store_lock, lock_tuple (store.c)
 *	scan, lock_found	guard_lock_sessions (guard_cart.c), session_lock_with_siblings (session.c)
 *	touch_cart			guard_touch_cart (guard_cart.c), complete_birth (guard.c)
 *	read_cart			judge_with_its_cart (guard.c), store_scan_next of what is current (store.c)
 *	unselect_others		session_unselect (session.c)
 *	enter_index			payment_session_selected_key
 *	create, set_one, refresh, delete	paysession_create, _set_sessions, _refresh, _delete (session_set.c)
 *	select_, unselect, cancel	paysession_select, _unselect, _cancel (session.c)
 *	authorize			session_lock_to_authorize, session_authorize (session.c); paysession_begin locks alike
 *	price				paysession_put_cart (cart.c), after_cart (guard_cart.c)
 *	complete			paysession_complete_cart (cart.c), complete_payment (guard_payment.c)
 *	raw_before, raw_after	complete_move, before_session, after_session (guard.c)
 *
 * pending is any status that is neither authorized nor canceled: these have the
 * same edges to both.  A total that is not known, and one of 0, are left out.
 */
#include "graph.pml"

#define CLIENTS		2
#define SESSIONS	3
#define CART		SESSIONS
#define ROWS		(SESSIONS + 1)
#define NOBODY		255

mtype = { create, set_one, select_, unselect, authorize, cancel, delete, refresh, price, complete,
	raw_create, raw_select, raw_authorize }

/* As committed, and as who holds the row has it. */
mtype old_status[SESSIONS], status[SESSIONS];
bool old_selected[SESSIONS], selected[SESSIONS];
byte old_amount[SESSIONS], amount[SESSIONS];
byte old_total, total;
bool old_completed, completed;

byte holder[ROWS];
bool written[ROWS];
bool changed[CLIENTS * ROWS];	/* since a client's snapshot */
bool watches[CLIENTS];			/* whether it has one, or has found what it is to lock */

bool raw;						/* whether there is plain SQL */
byte begun;

#define HOLDS(r)		(holder[r] == me)
#define CHANGED(r)		changed[me * ROWS + (r)]
#define IS_LIVE(s)		((s) != new && (s) != canceled)

/* What a statement sees. */
#define SEEN_STATUS(s)	(HOLDS(s) -> status[s] : (snapshot -> seen_status[s] : old_status[s]))
#define SEEN_SELECTED(s) (HOLDS(s) -> selected[s] : (snapshot -> seen_selected[s] : old_selected[s]))

#ifdef WITHOUT_FIRST_UPDATER
#define IS_LOST(r)		false
#else
#define IS_LOST(r)		(snapshot && CHANGED(r))
#endif

inline lock(r)
{
	if
	:: holder[r] == NOBODY || HOLDS(r)
	:: raw && !(holder[r] == NOBODY || HOLDS(r)) -> goto failed
	fi;
	if
	:: IS_LOST(r) -> goto failed
	:: else -> holder[r] = me
	fi
}

inline lock_session(r)
{
	lock(r);
	if
	:: old_status[r] == new && !written[r] -> holder[r] = NOBODY	/* deleted meanwhile */
	:: else
	fi
}

inline scan()
{
	for (n : 0 .. SESSIONS - 1) {
		found[n] = IS_LIVE(SEEN_STATUS(n))
	}
}

inline lock_found()
{
	n = 0;
	do
	:: n < SESSIONS && found[n] ->
		lock_session(n);
		found[n] = HOLDS(n) && IS_LIVE(status[n]);
		n++
	:: n < SESSIONS && !found[n] -> n++
	:: n == SESSIONS -> break
	od
}

inline write(r, to, is_selected)
{
	status[r] = to;
	selected[r] = is_selected;
	written[r] = true
}

/* Refuses what a completed cart does not take; at snapshot isolation the cart must be as it was. */
inline read_cart()
{
	if
	:: HOLDS(CART) -> if :: completed -> goto failed :: else fi
	:: else -> if :: IS_LOST(CART) || old_completed -> goto failed :: else fi
	fi
}

inline touch_cart()
{
	read_cart();
#ifndef WITHOUT_TOUCH
	written[CART] = true
#endif
}

inline unselect_others(r)
{
	for (n : 0 .. SESSIONS - 1) {
		if
		:: n != r && found[n] && selected[n] ->
			if
			:: status[n] == authorized -> goto failed
			:: else -> write(n, status[n], false)
			fi
		:: else
		fi
	}
}

/* Who is changing an entry of the unique index is waited for. */
#define IS_SETTLED(s)	(holder[s] == NOBODY || HOLDS(s) || selected[s] == old_selected[s])

inline enter_index(r)
{
	n = 0;
	do
#ifndef WITHOUT_INDEX
	:: n < SESSIONS && n != r ->
		if
		:: IS_SETTLED(n)
		:: raw && !IS_SETTLED(n) -> goto failed
		fi;
		if
		:: selected[n] -> assert(raw); goto failed
		:: else
		fi;
		n++
	:: n == r -> n++
#else
	:: n < SESSIONS -> n++
#endif
	:: n == SESSIONS -> break
	od
}

inline insert(r, is_selected)
{
	if
	:: holder[r] == NOBODY
	:: raw && holder[r] != NOBODY -> goto failed
	fi;
	if
	:: old_status[r] != new -> assert(raw); goto failed
	:: else
	fi;
	holder[r] = me;
	write(r, pending, is_selected);
	amount[r] = total
}

/* A transaction's changes become what everybody sees. */
inline publish(r)
{
	for (m : 0 .. CLIENTS - 1) {
		changed[m * ROWS + r] = changed[m * ROWS + r] || watches[m]
	};
	if
	:: r == CART ->
		assert(total == old_total || !old_completed);
		old_total = total;
		old_completed = completed
	:: else ->
		assert(status[r] == old_status[r] || status[r] == new || HAS_EDGE(old_status[r], status[r]));
		assert(!old_completed || (old_status[r] != new && (old_selected[r] || !selected[r])));
		old_status[r] = status[r];
		old_selected[r] = selected[r];
		old_amount[r] = amount[r]
	fi
}

inline take_back(r)
{
	if
	:: r == CART ->
		total = old_total;
		completed = old_completed
	:: else ->
		status[r] = old_status[r];
		selected[r] = old_selected[r];
		amount[r] = old_amount[r]
	fi
}

/* The rules, of what is committed. */
inline judge()
{
	m = 0;
	for (n : 0 .. SESSIONS - 1) {
		m = m + old_selected[n];
		assert(IS_LIVE(old_status[n]) || !old_selected[n]);
		assert(old_status[n] != authorized || old_selected[n]);
		assert(!IS_LIVE(old_status[n]) || old_amount[n] == old_total)
	};
	assert(m <= 1)
}

inline release(r)
{
	written[r] = false;
	holder[r] = NOBODY
}

#define IS_RAW		(verb == raw_select || verb == raw_authorize)
#define IS_ALONE	(verb == unselect || verb == cancel || verb == delete || IS_RAW)
#define CREATES		(verb == create || verb == raw_create)

proctype client(byte me)
{
	byte s, n, m, fresh, enters;
	bool snapshot, found[SESSIONS], seen_selected[SESSIONS];
	mtype verb, seen_status[SESSIONS];

	/* Clients are alike: they may as well begin in the order of their numbers. */
	atomic {
		begun == me;
		begun++;
		select(s : 0 .. SESSIONS - 1);
		if
		:: verb = create
		:: verb = set_one
		:: verb = select_
		:: verb = unselect
		:: verb = authorize
		:: verb = cancel
		:: verb = delete
		:: verb = refresh
		:: s == 0 -> verb = price
		:: s == 0 -> verb = complete
		:: raw -> verb = raw_create
		:: raw -> verb = raw_select
		:: raw -> verb = raw_authorize
		fi;
		if
		:: snapshot = true;
			for (n : 0 .. SESSIONS - 1) {
				seen_status[n] = old_status[n];
				seen_selected[n] = old_selected[n]
			}
		:: true
		fi;
		watches[me] = snapshot || verb == authorize
	};

	/* It locks what it decides on. */
	atomic {
		if
		:: !CREATES && verb != set_one && verb != price && verb != complete && SEEN_STATUS(s) == new -> goto done
		:: verb == select_ && SEEN_SELECTED(s) -> goto done
		:: else
		fi;
		if
		:: IS_ALONE ->
			lock_session(s);
			if
			:: !HOLDS(s) -> goto failed
			:: HOLDS(s) && IS_RAW -> goto raw_before
			:: HOLDS(s) && !IS_RAW -> goto decide
			fi
		:: verb == authorize && SEEN_SELECTED(s)
		:: else -> goto lock_all
		fi
	};
	/* Selected already, it is locked alone, unless that would have to wait. */
	atomic {
		if
		:: holder[s] == NOBODY && IS_LOST(s) -> goto failed
		:: holder[s] == NOBODY && !CHANGED(s) ->
			holder[s] = me;
			goto decide
		:: else
		fi
	};
lock_all:
	atomic {
#ifdef WITHOUT_ORDER
		if
		:: verb == authorize -> lock_session(s)
		:: else
		fi;
#endif
#ifdef WITHOUT_CART_LOCK
		if
		:: verb == select_ || verb == authorize
		:: else -> lock(CART)
		fi;
#else
		lock(CART);
#endif
		if
		:: CREATES -> goto decide
		:: else -> scan()
		fi
	};
#ifdef WITHOUT_LOCKED_READ
	atomic {
		for (n : 0 .. SESSIONS - 1) {
			if
			:: verb == price && found[n] && SEEN_STATUS(n) == authorized -> goto failed
			:: else
			fi
		}
	};
#endif
	atomic {
		lock_found();

		/* What it does: fresh is the row that it makes, enters the one that it selects. */
decide:
		fresh = NOBODY;
		enters = NOBODY;
		if
		:: CREATES ->
			if
			:: verb == create && SEEN_STATUS(s) != new -> goto failed
			:: else
			fi;
			touch_cart();
			fresh = s;
			m = (verb == raw_create)

		:: verb == select_ ->
			if
			:: !found[s] || selected[s] -> goto failed
			:: else
			fi;
			read_cart();
			unselect_others(s);
			enters = s

		:: verb == authorize ->
			if
			:: !HOLDS(s) || status[s] != pending -> goto failed
			:: else
			fi;
			if
			:: !selected[s] -> read_cart()
			:: else
			fi;
			unselect_others(s);
			status[s] = authorized;
			enters = s

		:: verb == unselect || verb == cancel || verb == delete ->
			if
			:: !IS_LIVE(status[s]) || (status[s] == authorized && verb != cancel) -> goto failed
			:: else
			fi;
			write(s, (verb == cancel -> canceled : (verb == delete -> new : status[s])), false)

		:: verb == set_one ->
			m = 0;
			for (n : 0 .. SESSIONS - 1) {
				if
				:: found[n] && n != s && status[n] != authorized -> write(n, canceled, false)
				:: found[n] && (n == s || status[n] == authorized) -> m = m + selected[n]
				:: else
				fi
			};
			if
			:: found[s] && m == 0 ->
				read_cart();
				enters = s
			:: found[s] && m > 0
			:: !found[s] && SEEN_STATUS(s) == new ->
				touch_cart();
				fresh = s;
				m = (m == 0)
			:: else -> goto failed		/* its provider's next session is another row */
			fi

		:: verb == refresh ->
			fresh = (s + 1) % SESSIONS;
			if
			:: !found[s] || status[s] == authorized || SEEN_STATUS(fresh) != new -> goto failed
			:: else
			fi;
			m = selected[s];
			write(s, canceled, false);
			touch_cart()

		:: verb == price ->
			if
			:: completed -> goto failed
			:: else
			fi;
			total = 3 - total;
			written[CART] = true;
			for (n : 0 .. SESSIONS - 1) {
				if
#ifndef WITHOUT_LOCKED_READ
				:: found[n] && status[n] == authorized -> goto failed
#endif
				:: found[n] && status[n] != authorized ->
					amount[n] = total;
					written[n] = true
				:: else
				fi
			}

		:: verb == complete ->
			m = 0;
			for (n : 0 .. SESSIONS - 1) {
				if
				:: found[n] && status[n] == authorized ->
					written[n] = true;	/* its payment's birth */
					m++
				:: else
				fi
			};
			if
			:: m == 0 || completed -> goto failed
			:: else
			fi;
			completed = true;
			written[CART] = true
		fi;
write_rows:
		if
		:: fresh != NOBODY ->
			insert(fresh, m);
			enters = (m -> fresh : NOBODY)
		:: else
		fi;
		if
		:: enters != NOBODY ->
			write(enters, status[enters], true);
			enter_index(enters)
		:: else
		fi;
		if
		:: IS_RAW -> goto raw_after
		:: else -> goto commit
		fi
	};

	/* The triggers look at what is selected, and at the cart, as committed now and without a lock. */
raw_before:
	atomic {
		if
		:: status[s] != pending || selected[s] -> goto failed
		:: else
		fi;
		read_cart();
		for (n : 0 .. SESSIONS - 1) {
			if
			:: verb == raw_authorize && n != s && (HOLDS(n) -> selected[n] : old_selected[n]) -> goto failed
			:: else
			fi
		};
		fresh = NOBODY;
		enters = s;
		if
		:: verb == raw_authorize -> status[s] = authorized
		:: else
		fi;
		goto write_rows
	};
raw_after:
	atomic {
		read_cart()
	};

commit:
	atomic {
		for (n : 0 .. ROWS - 1) {
			if
			:: HOLDS(n) ->
				if
				:: written[n] -> publish(n)
				:: else
				fi;
				release(n)
			:: else
			fi
		};
		judge();
		goto done
	};
failed:
	atomic {
		for (n : 0 .. ROWS - 1) {
			if
			:: HOLDS(n) ->
				take_back(n);
				release(n)
			:: else
			fi
		}
	};
done:
	atomic {
		watches[me] = false;
		for (n : 0 .. ROWS - 1) {
			CHANGED(n) = false
		};
		for (n : 0 .. SESSIONS - 1) {
			seen_status[n] = 0;
			seen_selected[n] = false;
			found[n] = false
		};
		s = 0;
		n = 0;
		m = 0;
		fresh = 0;
		enters = 0;
		snapshot = false;
		verb = 0
	}
}

init
{
	byte n;
	bool taken;

	atomic {
		if
		:: raw = false
		:: raw = true
		fi;
		total = 1;
		old_total = total;
		for (n : 0 .. SESSIONS - 1) {
			if
			:: n < SESSIONS - 1 && !taken -> status[n] = pending; selected[n] = true; taken = true
			:: n < SESSIONS - 1 && !taken -> status[n] = authorized; selected[n] = true; taken = true
			:: n < SESSIONS - 1 -> status[n] = pending
			:: status[n] = new
			fi;
			amount[n] = total;
			old_status[n] = status[n];
			old_selected[n] = selected[n];
			old_amount[n] = amount[n]
		};
		for (n : 0 .. ROWS - 1) {
			holder[n] = NOBODY
		};
		for (n : 0 .. CLIENTS - 1) {
			run client(n)
		}
	}
}
