/*
 * The life of the sessions of one cart: rules 1, 4, 9, 10 and 12.
 *
 * Clients do whatever verb comes to their mind, one after another, for ever,
 * with a provider who may have the customer pay at any time.  A session moves
 * along the graph, which graph.pml has from ps_transitions(); its history has
 * every move; what is promoted is held; and of a canceled session nothing can
 * be paid at the provider but what is left to be voided.
 *
 * It stands for
 *
 *	the moves	session_move, session_authorize (session.c), judge_move (guard.c)
 *	write		after_session (guard.c), history_append (history.c), ledger_follow_session, leave_void (ledger.c)
 *	begin		paysession_begin, check_can_begin (begin.c)
 *	promote		payment_promote (payment.c), complete_payment, judge_not_released (guard_payment.c)
 *	let_go		paysession_claim, paysession_finish, operation_cancel_session (operation.c)
 *	expire		expire_authorized, leave_session_void (worker.c)
 *	remove		paysession_session_guard, of DELETE (guard.c)
 *
 * A lease lasts as long as its holder calls: it is chosen so.  Who dies, or
 * hears nothing, calls no more.  That more is required, or that it failed, is
 * said by nobody else while somebody asks.  Selection and amounts are
 * selection.pml's.
 */
#include "graph.pml"

#define SESSIONS	2
#define CLIENTS		2
#define NOBODY		255

mtype = { none, open, held, gone }			/* the external session */
mtype = { waits, done }						/* the void; or none */
mtype = { begin, promote, let_go, expire, remove }	/* verbs; a status is the move there */

mtype status[SESSIONS], recorded[SESSIONS];
bool initiated[SESSIONS];
bool asked[SESSIONS];						/* has a pending authorization */
bool calling[SESSIONS];						/* somebody has its lease */
mtype release[SESSIONS];
bool leased[SESSIONS];						/* it has that lease as well */
bool releasing[SESSIONS];					/* somebody has a lease of its own */
bool paid[SESSIONS];						/* has a payment */
mtype external[SESSIONS];
byte holder[SESSIONS], cart_holder = NOBODY;

hidden byte i;

#ifdef WITHOUT_LOCK
#define IS_FREE(s)	true
#else
#define IS_FREE(s)	(holder[s] == NOBODY)
#endif

#ifdef WITHOUT_GRAPH
#define MAY_MOVE(from, to)	(from != to)
#else
#define MAY_MOVE(from, to)	HAS_EDGE(from, to)
#endif

#define IS_ANSWER(to)	(to == requires_more || to == error)
#define IS_PAYABLE(s)	(external[s] == open || external[s] == held)

inline lock()
{
	holder[s] = _pid;
	from = status[s]
}

inline write()
{
	assert(recorded[s] == from);
	assert(status[s] != canceled || to == new);
	assert(status[s] != authorized || to == canceled);
	recorded[s] = to;
	status[s] = to;
	if
	:: to == canceled ->
#ifndef WITHOUT_VOID
		if
		:: release[s] == none && (initiated[s] || from == authorized) -> release[s] = waits
		:: else
		fi;
#endif
#ifndef WITHOUT_LEASE
		leased[s] = asked[s] && calling[s];
#endif
		asked[s] = false
	:: to == authorized || to == error -> asked[s] = false
	:: else
	fi
}

inline judge()
{
	for (i : 0 .. SESSIONS - 1) {
		assert(status[i] != canceled || !IS_PAYABLE(i) || release[i] == waits);
		assert(status[i] != new || external[i] == none);
		assert(!paid[i] || (status[i] == authorized && external[i] == held))
	};
	assert(status[0] != authorized || status[1] != authorized)
}

proctype client()
{
	byte s;
	bool asks;
	mtype verb, from, to;

again:
	atomic {
		s = 0;
		if
		:: IS_FREE(0) -> s = 0
		:: IS_FREE(1) -> s = 1
		fi;
		if
		:: verb = pending
		:: verb = requires_more
		:: verb = error
		:: verb = canceled
		:: cart_holder == NOBODY -> cart_holder = _pid; verb = authorized
		:: verb = begin
		:: verb = promote
		:: verb = expire
		:: verb = remove
		:: release[s] == waits && !releasing[s] && !(leased[s] && calling[s]) ->
			releasing[s] = true;
			verb = let_go;
			goto call_to_release
		fi;
		lock()
	};

decide:
	atomic {
		to = from;
		if
		:: verb == begin ->
			if
			:: MAY_MOVE(from, authorized) && !(asked[s] && calling[s]) ->
				to = (from == error -> pending : from);
				initiated[s] = true;
				asks = true
			:: else
			fi
		/* Whoever knows that the money is held may say so. */
		:: verb == authorized && MAY_MOVE(from, verb) && external[s] == held && status[1 - s] != authorized -> to = verb
		:: verb == canceled && MAY_MOVE(from, verb) && !(from == authorized && paid[s]) -> to = verb
		:: verb == pending && MAY_MOVE(from, verb) -> to = verb
		:: IS_ANSWER(verb) && MAY_MOVE(from, verb) && (asks || !calling[s]) -> to = verb
		:: verb == promote && from == authorized ->
#ifdef WITHOUT_RELEASE_CHECK
			paid[s] = true
#else
			paid[s] = (release[s] == none)
#endif
		/* The authorization, of what has no payment. */
		:: verb == expire && from == authorized && !paid[s] && release[s] == none -> release[s] = waits
		:: verb == let_go ->
			releasing[s] = false;
			release[s] = done;
			to = (from == authorized -> canceled : from)
		:: verb == remove && from != new && from != authorized && !initiated[s] -> to = new
		:: else
		fi;
		if
		:: to != from -> write()
		:: else
		fi;
		if
		:: verb == begin && asks ->
			asked[s] = true;
			calling[s] = true
		:: verb != begin && asks ->
			asks = false;
			calling[s] = false
		:: else
		fi;
		judge();
		holder[s] = NOBODY;
		cart_holder = (cart_holder == _pid -> NOBODY : cart_holder);
		from = 0;
		to = 0;
		verb = 0;
		if
		:: asks -> goto call
		:: else -> goto again
		fi
	};

	/* The provider answers, or is not heard. */
call:
	atomic {
		if
		:: external[s] == none || external[s] == open -> external[s] = open; verb = requires_more
		:: external[s] == none || external[s] == open || external[s] == held -> external[s] = held; verb = authorized
		:: verb = error
		fi;
		judge();
		if
		:: true
		:: asks = false;
			calling[s] = false;
			verb = 0;
			goto again
		fi
	};
answer:
	atomic {
		if
		:: verb == authorized ->
			cart_holder == NOBODY;
			cart_holder = _pid
		:: else
		fi;
		IS_FREE(s);
		lock();
		goto decide
	};

	/* It has none, maybe. */
call_to_release:
	atomic {
		external[s] = (external[s] == none -> none : gone);
		if
		:: goto answer
		:: releasing[s] = false;
			verb = 0;
			goto again
		fi
	}
}

proctype customer(byte s)
{
end:
	do
	:: atomic { external[s] == open -> external[s] = held }
	od
}

init
{
	atomic {
		for (i : 0 .. SESSIONS - 1) {
			status[i] = new;
			recorded[i] = new;
			release[i] = none;
			external[i] = none;
			holder[i] = NOBODY
		};
		for (i : 1 .. CLIENTS) {
			run client()
		};
		for (i : 0 .. SESSIONS - 1) {
			run customer(i)
		}
	}
}
