/*
 * collection_document.h
 *		The sessions that a collection is to have, as JSON.
 */
#ifndef PAYSESSION_COLLECTION_DOCUMENT_H
#define PAYSESSION_COLLECTION_DOCUMENT_H

#include "utils/jsonb.h"

#include "args.h"
#include "row.h"

typedef struct CollectionSession
{
	Nullable	session_id;
	Nullable	provider_id;	/* given, or session_id is */
	int64		amount;
	Row		   *session;		/* the one that is kept; NULL: a new one */
} CollectionSession;

extern List *collection_document_read(Jsonb *document);

#endif							/* PAYSESSION_COLLECTION_DOCUMENT_H */
