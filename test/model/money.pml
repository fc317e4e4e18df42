/*
 * Reserve, call, finish: rules 11 and 13, and that nothing is asked of the
 * provider twice, or stays asked for ever.
 *
 * Of a payment of which some is captured callers want a capture or a refund
 * each: they reserve, call the provider after committing, and finish.  The
 * provider has a truth of its own, and keeps what it has answered to a key.
 * Webhooks come beside, before or after the answer.  They name our operation,
 * or have only the provider's reference of it: of two that are alike the inbox
 * then takes the oldest, and is put right by a caller who tells the reference.
 *
 * FAULTS of these things go wrong: an answer, or the call, is lost; a caller
 * dies, or is slower than its lease; a webhook never comes; a refund that has
 * succeeded comes back.  Whoever sweeps then claims what is left, and so does
 * who asks again with his own key.  In the end nothing is pending, and our
 * totals are the provider's.  That there is an end is the formula; it holds
 * without any fairness.
 *
 * It stands for
 *
 *	begin, reserve	paysession_capture, paysession_refund (payment.c)
 *	end_sweep		paysession_stuck (worker.c), paysession_claim (operation.c), ledger_claim (ledger.c)
 *	finish			paysession_finish, operation_answer, find_mistaken (operation.c), ledger_exchange (ledger.c)
 *	inbox			settle_money, find_named, find_oldest, settle_success, settle_failure (settle_money.c)
 *	set, write_payment	contribute, write_operation (ledger.c), judge_totals (guard_payment.c)
 *
 * The payment is locked before the operation, by all but a claim.  Snapshot
 * isolation is that of the reservation, which decides on the totals.  Voids are
 * captures here, as far as the totals go; what is made outside, running totals
 * and disputes are left out.
 */
#define AMOUNT		2
#define REQUESTS	2
#define NONE		255
#ifdef LIVENESS				/* which takes longer to look through */
#define FAULTS		1
#else
#define FAULTS		2
#endif

#define CAPTURE		0
#define REFUND		1

mtype = { absent, pending, succeeded, failed, reversed }	/* an operation */
mtype = { unclaimed, claimed, run_out }						/* its claim */
mtype = { unseen, performed, refused, come_back }			/* its key, at the provider */
mtype = { nothing, due, received }							/* an event of the provider's */
mtype = { unknown }											/* an outcome, as are succeeded and failed */

/* The payment, by kind of operation. */
byte done[2], reserved[2];
byte before;					/* captured before all this */
byte payment_holder = NONE;
bool changed[REQUESTS];			/* since the worker's snapshot */
bool watches[REQUESTS];

/* The operations.  A reference is the number of the operation that the provider made it for. */
byte kind[REQUESTS], amount[REQUESTS], reference[REQUESTS];
mtype status[REQUESTS], claim[REQUESTS];
byte claimant[REQUESTS], operation_holder[REQUESTS];

/* The provider. */
byte truth[2];
mtype answered[REQUESTS], success[REQUESTS], failure[REQUESTS];
bool has_webhooks, names_operations, gives_references;

byte faults = FAULTS;
bool calling[REQUESTS];			/* somebody whose lease has not run out */
bool settled;

hidden byte i, other;
hidden byte sum_done[2], sum_reserved[2];

#ifdef WITHOUT_RESERVATION
#define ROOM(k) (kind[k] == CAPTURE -> AMOUNT - my_done[CAPTURE] : my_done[CAPTURE] - my_done[REFUND])
#else
#define ROOM(k) (kind[k] == CAPTURE -> AMOUNT - my_done[CAPTURE] - my_reserved[CAPTURE] : \
	my_done[CAPTURE] - my_done[REFUND] - my_reserved[REFUND])
#endif

inline lock_payment()
{
#ifdef WITHOUT_LOCK
	true
#else
	payment_holder == NONE;
	payment_holder = _pid
#endif
}

inline read_payment()
{
	for (i : CAPTURE .. REFUND) {
		my_done[i] = done[i];
		my_reserved[i] = reserved[i]
	}
}

inline lock_operation(k)
{
	operation_holder[k] == NONE;
	operation_holder[k] = _pid
}

inline unlock_payment()
{
	payment_holder = NONE;
	for (i : CAPTURE .. REFUND) {
		my_done[i] = 0;
		my_reserved[i] = 0
	}
}

inline contribute(k, sign)
{
	my_reserved[kind[k]] = my_reserved[kind[k]] + sign * (status[k] == pending -> amount[k] : 0);
	my_done[kind[k]] = my_done[kind[k]] + sign * (status[k] == succeeded -> amount[k] : 0)
}

inline set(k, to)
{
	contribute(k, -1);
	status[k] = to;
	contribute(k, 1);
	claim[k] = unclaimed;
	calling[k] = false			/* an answer ends the lease, whoever brings it */
}

inline judge()
{
	assert(done[CAPTURE] + reserved[CAPTURE] <= AMOUNT);
	assert(done[REFUND] + reserved[REFUND] <= done[CAPTURE]);
	for (i : CAPTURE .. REFUND) {
		sum_done[i] = (i == CAPTURE -> before : 0);
		sum_reserved[i] = 0
	};
	for (i : 0 .. REQUESTS - 1) {
		if
		:: status[i] == pending -> sum_reserved[kind[i]] = sum_reserved[kind[i]] + amount[i]
		:: status[i] == succeeded -> sum_done[kind[i]] = sum_done[kind[i]] + amount[i]
		:: else
		fi
	};
	for (i : CAPTURE .. REFUND) {
		assert(done[i] == sum_done[i] && reserved[i] == sum_reserved[i])
	}
}

inline write_payment()
{
	for (i : CAPTURE .. REFUND) {
		done[i] = my_done[i];
		reserved[i] = my_reserved[i]
	};
#ifndef WITHOUT_UPDATE		/* who has a snapshot does not see a lock */
	for (i : 0 .. REQUESTS - 1) {
		changed[i] = watches[i]
	};
#endif
	judge()
}

inline take_claim(k)
{
	assert(!calling[k]);
	claim[k] = claimed;
	claimant[k] = _pid;
	calling[k] = true
}

/* Time passes until the lease of who has died, or is slow, has run out. */
inline lose_claim(k)
{
	if
	:: claim[k] == claimed && claimant[k] == _pid ->
		claim[k] = run_out;
		calling[k] = false
	:: else
	fi
}

#define PROVIDER_ROOM(k) (kind[k] == CAPTURE -> AMOUNT - truth[CAPTURE] : truth[CAPTURE] - truth[REFUND])

#ifdef WITHOUT_KEYS
#define IS_NEWS(k)	true
#else
#define IS_NEWS(k)	(answered[k] == unseen)
#endif

inline ask(k)
{
	if
	:: faults > 0 -> faults--; outcome = unknown
	:: true ->
		if
		:: IS_NEWS(k) && amount[k] <= PROVIDER_ROOM(k) ->
			assert(answered[k] != performed);
			truth[kind[k]] = truth[kind[k]] + amount[k];
			answered[k] = performed;
			success[k] = (has_webhooks -> due : nothing)
		:: IS_NEWS(k) -> answered[k] = refused
		:: !IS_NEWS(k)
		fi;
		if
		:: outcome = (answered[k] == refused -> failed : succeeded)
		:: faults > 0 -> faults--; outcome = unknown
		fi
	fi
}

#ifdef WITHOUT_REFUSAL
#define IS_UNKNOWN(outcome)	(outcome != succeeded)
#else
#define IS_UNKNOWN(outcome)	(outcome == unknown)
#endif

/*
 * Records the answer.  A reference is the answer's: has an event given it to
 * another operation, this one takes it over, with what has become of it.
 */
inline finish(k)
{
	atomic {
		lock_payment();
		lock_operation(k);
		read_payment()
	};
	atomic {
		lose_claim(k);
		other = NONE;
		for (i : 0 .. REQUESTS - 1) {
			if
			:: i != k && reference[i] == k && gives_references && outcome == succeeded -> other = i
			:: else
			fi
		};
		if
		:: status[k] == pending && IS_UNKNOWN(outcome) ->
			outcome = 0;
			claim[k] = run_out;
			calling[k] = false
		:: status[k] == pending && !IS_UNKNOWN(outcome) ->
			if
			:: other != NONE && reference[k] == NONE ->
#ifdef WITHOUT_EXCHANGE
				assert(false);			/* 23505 */
#endif
				assert(status[other] != pending && kind[other] == kind[k] && amount[other] == amount[k]);
				outcome = (status[other] == succeeded -> succeeded : reversed);
				set(other, pending);
				claim[other] = run_out;
				reference[other] = NONE
			:: else
			fi;
			set(k, outcome);
			write_payment()
		:: status[k] == succeeded && outcome == succeeded
		:: else -> outcome = 0			/* finished with another answer */
		fi;
		if
		:: gives_references && reference[k] == NONE && (outcome == succeeded || outcome == reversed) &&
			(other == NONE || reference[other] == NONE) -> reference[k] = k
		:: else
		fi;
		outcome = 0;
		operation_holder[k] = NONE;
		unlock_payment()
	}
}

#ifdef WITHOUT_CLAIM
#define IS_OFFERED(k)	(status[k] == pending && claim[k] != unclaimed)
#else
#define IS_OFFERED(k)	(status[k] == pending && claim[k] == run_out)
#endif

/* Whoever asks the provider: first for what he has reserved himself, then for what is offered. */
proctype caller(byte k; bool reserves)
{
	byte my_done[2], my_reserved[2];
	bool snapshot;
	mtype outcome;

	if
	:: reserves
	:: !reserves -> goto end_sweep
	fi;
begin:
	atomic {
		if
		:: snapshot = true;
			watches[k] = true;
			read_payment()
		:: lock_payment();
			read_payment();
			goto reserve
		fi
	};
	atomic {
		lock_payment();
		snapshot = false;
		watches[k] = false;
		if
		:: changed[k] ->		/* 40001 */
			changed[k] = false;
			unlock_payment();
			goto begin
		:: else
		fi
	};
reserve:
	atomic {
		if
		:: amount[k] <= ROOM(k) ->
			set(k, pending);
			take_claim(k);
			write_payment();
			unlock_payment()
		:: else ->
			unlock_payment();
			goto end_sweep
		fi
	};
	do
	:: atomic {
			if
			:: faults > 0 -> faults--; lose_claim(k); goto end_sweep
			:: ask(k)
			fi
		};
		if
		:: atomic { faults > 0 -> faults--; lose_claim(k); outcome = 0 }
		:: finish(k)
		fi;
end_sweep:
#ifdef WITHOUT_SWEEPER
		false
#else
		atomic { IS_OFFERED(k) && operation_holder[k] == NONE -> take_claim(k) }
#endif
	od
}

/* Who is slower than his lease. */
proctype clock(byte k)
{
end:
	do
	:: atomic {
			faults > 0 && calling[k] ->
			faults--;
			claim[k] = run_out;
			calling[k] = false
		}
	od
}

proctype inbox(byte k)
{
	byte o, my_done[2], my_reserved[2];
	bool fails, named;
	mtype to;

end:
	do
	:: atomic {
			if
			:: success[k] == due
			:: failure[k] == due -> fails = true
			fi;
			lock_payment();
			read_payment();
			o = (names_operations -> k : NONE);
			for (i : 0 .. REQUESTS - 1) {
				if
				:: !names_operations && reference[i] == k -> o = i
				:: else
				fi
			};
			named = (o != NONE);
			for (i : 0 .. REQUESTS - 1) {
				if
				:: o == NONE && kind[i] == kind[k] && amount[i] == amount[k] && reference[i] == NONE &&
#ifndef WITHOUT_ECHO		/* of what is recorded already */
					(status[i] == succeeded || status[i] == pending)
#else
					status[i] == pending
#endif
					-> o = i
				:: else
				fi
			};
			assert(o != NONE);		/* else it would be booked as made outside */
			lock_operation(o)
		};
		atomic {
			reference[o] = (named -> reference[o] : k);
			if
			:: status[o] == pending -> to = (fails -> failed : succeeded)
			:: status[o] == (fails -> succeeded : failed) -> to = reversed
			:: else -> to = status[o]
			fi;
			if
			:: to != status[o] ->
				set(o, to);
				write_payment()
			:: else
			fi;
			if
			:: fails -> failure[k] = received
			:: else -> success[k] = received
			fi;
			operation_holder[o] = NONE;
			unlock_payment();
			o = 0;
			fails = false;
			named = false;
			to = 0
		}
	:: atomic {
			faults > 0 && success[k] == due && answered[k] == performed ->
			faults--;
			success[k] = received
		}
	:: atomic {
			faults > 0 && kind[k] == REFUND && answered[k] == performed ->
			faults--;
			answered[k] = come_back;
			truth[REFUND] = truth[REFUND] - amount[k];
			failure[k] = due
		}
	od
}

init
{
	byte k;

	atomic {
		select(before : 1 .. AMOUNT);
		done[CAPTURE] = before;
		truth[CAPTURE] = before;
		if
		:: has_webhooks = true
		:: has_webhooks = true; names_operations = true
		:: true
		fi;
		for (k : 0 .. REQUESTS - 1) {
			if
			:: kind[k] = CAPTURE
			:: kind[k] = REFUND
			fi;
			select(i : 1 .. AMOUNT);
			amount[k] = i;
			reference[k] = NONE;
			status[k] = absent;
			claim[k] = unclaimed;
			operation_holder[k] = NONE;
			answered[k] = unseen;
			success[k] = nothing;
			failure[k] = nothing
		};
		if
		:: gives_references = true
		:: kind[0] != kind[1] || amount[0] != amount[1]		/* nothing to tell apart */
		fi;
		for (k : 0 .. REQUESTS - 1) {
			run caller(k, true);
			run caller(k, false);
			run clock(k);
			if
			:: has_webhooks -> run inbox(k)
			:: else
			fi
		};
		k = 0
	};
	timeout;
	atomic {
		for (k : 0 .. REQUESTS - 1) {
			assert(status[k] != pending && success[k] != due && failure[k] != due)
		};
		for (k : CAPTURE .. REFUND) {
			assert(done[k] == truth[k])
		};
		settled = true
	}
}

ltl settles { <> settled }
