/*
 * store.h
 *		The only room that reads or writes tables.
 */
#ifndef PAYSESSION_STORE_H
#define PAYSESSION_STORE_H

#include "access/genam.h"
#include "access/relscan.h"
#include "access/sdir.h"
#include "nodes/execnodes.h"
#include "nodes/lockoptions.h"
#include "utils/snapshot.h"

#include "catalog.h"
#include "compat.h"
#include "plain.h"
#include "row.h"

typedef enum StoreMode
{
	STORE_READ,					/* what the calling statement sees */
	STORE_CURRENT,				/* what is committed now, and our own writes */
	STORE_WRITE					/* the same, to lock and to write */
} StoreMode;

/* For Store's guarded: all columns */
#define STORE_GUARD_ALL		(~0u)

typedef struct Store
{
	const CatalogTable *table;
	Relation	rel;
	StoreMode	mode;
	MemoryContext context;		/* of all that it needs until store_close */
	List	   *slots;			/* for rows to be handed out */
	int			nrows;			/* in how many of them there is one */
	List	   *scans;			/* kept ones that have ended */
	TupleTableSlot *locked;		/* for store_try_lock */
	TupleDesc	desc;			/* of all but the first slots, or NULL */
	EState	   *estate;			/* NULL until the first write */
	ResultRelInfo *result_rel;
	WrittenColumns *written;
	bool		is_speculative; /* its indexes are open for that, too */
	bool		is_kept;		/* closed, it waits for who opens it next */
	bool		is_open;
	uint32		guarded;		/* columns that no BEFORE trigger may change */
	bool		purges;			/* what is deleted is to be forgotten */
} Store;

typedef struct StoreScan
{
	Store	   *store;
	Relation	index;
	IndexScanDesc scan;
	ScanDirection direction;
	Snapshot	snapshot;
	Row		   *row;
	bool		is_kept;		/* ended, it waits for the next of its kind */
} StoreScan;

/*
 * What the triggers of a table do: before a row is written, which may change
 * it, and after.  They say the same of every write; what is told them besides
 * is whether a function writes the row, and whether it is stored as it was
 * judged.  old is NULL for a new row.
 */
typedef struct StoreLaw
{
	void		(*before) (Relation rel, const Row *old, Row *row, bool by_function);
	void		(*after) (Relation rel, const Row *old, const Row *row, bool is_judged);
	PlainLaw	plain;
} StoreLaw;

/* Sets a row's columns for store_put; a new row has its key to be set too. */
typedef void (*StoreFill) (Row *row, bool is_new, void *arg);

/* Refuses a row of any table; old or row is NULL for one that comes or goes. */
typedef void (*StoreJudge) (Relation rel, const Row *old, const Row *row);

extern void store_set_law(Table table, const StoreLaw *law);
extern void store_set_judge(StoreJudge judge);

extern Store *store_open(Table table, StoreMode mode);
extern void store_close(Store *store);
extern void store_release_rows(Store *store);
extern void store_keep(void (*body) (void *arg), void *arg);

extern Row *store_find(Store *store, TableIndex index, Datum key);
extern bool store_exists(Table table, TableIndex index, Datum key);
extern Row *store_find_pair(Store *store, TableIndex index, Datum key1, Datum key2);
extern StoreScan *store_scan_begin(Store *store, TableIndex index, int nkeys, const Datum *keys,
								   const Datum *below, ScanDirection direction);
extern StoreScan *store_scan_keys(Store *store, TableIndex index, ScanKey keys, int nkeys,
								  ScanDirection direction);
extern Row *store_scan_next(StoreScan *scan);
extern void store_scan_end(StoreScan *scan);

extern Row *store_lock(Store *store, TableIndex index, Datum key);
extern Row *store_lock_again(Store *store, const Row *row);
extern Row *store_lock_found(Store *store, Row *found);
extern bool store_try_lock(Store *store, Row *found);
extern uint32 store_key_number(Datum key);
extern void store_lock_key(Store *store, Datum key);

extern Row *store_new_row(Store *store);
extern Row *store_copy_row(Store *store, const Row *row);
extern void store_insert(Store *store, Row *row);
extern bool store_insert_if_absent(Store *store, TableIndex index, Row *row);
extern void store_update(Store *store, Row *old, Row *row);
extern void store_delete(Store *store, Row *old);
extern Row *store_put(Store *store, TableIndex index, Datum key, StoreFill fill, void *arg);
extern Datum store_datum(const Row *row);
extern void store_put_result(Tuplestorestate *result, const Row *row);
extern void store_put_view(ReturnSetInfo *rsinfo, const char *view);

extern int64 store_next_event_id(void);

/* Between the two halves of the store */
extern void store_let_go(void);
extern Snapshot store_register_snapshot(Store *store);
extern uint64 store_write_count(void);

extern TransactionId store_writer(const Row *row);
extern bool store_is_ours(const Row *row);
extern bool store_is_writing(void);
extern bool store_writes(const TupleTableSlot *slot);
extern bool store_purges(Relation rel, const TupleTableSlot *slot);
extern bool store_wrote(Relation rel, const TupleTableSlot *slot);

#endif							/* PAYSESSION_STORE_H */
