/*
 * settle.h
 *		Applies what providers report.
 */
#ifndef PAYSESSION_SETTLE_H
#define PAYSESSION_SETTLE_H

#include "inbox.h"

/* What came of an event. */
typedef struct Verdict
{
	const char *outcome;
	const char *detail;			/* NULL: nothing to say */
	bool		is_unknown;		/* what it is about was not there */
} Verdict;

static inline Verdict
settle_as(const char *outcome, const char *detail)
{
	Verdict		verdict = {.outcome = outcome,.detail = detail};

	return verdict;
}

/* What an event is about, locked. */
typedef struct Scene
{
	const Row  *event;
	Store	   *sessions;
	Store	   *payments;
	Store	   *operations;
	Row		   *session;		/* NULL: a payment that came in as history */
	Row		   *payment;		/* NULL: none yet */
	List	   *siblings;		/* locked, where the selection may move */
	bool		is_woken;		/* by somebody's transaction, which has locks */
} Scene;

extern void settle_event(Store *inbox, Row *event, bool is_new);
extern void settle_following(Store *inbox, const Row *event);
extern bool settle_waiting(const Row *session);

extern bool settle_is_of_another(const Scene *scene);
extern Verdict settle_of_another(void);
extern bool settle_knows(const char *status);
extern bool settle_is_money(const Row *event);
extern bool settle_is_release(const Row *event);
extern Verdict settle_money(Scene *scene);
extern Verdict settle_release(Scene *scene);

#endif							/* PAYSESSION_SETTLE_H */
