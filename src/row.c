/*
 * row.c
 *		Compares rows column by column, a user's own columns included.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/sysattr.h"
#include "fmgr.h"
#include "port/pg_bitutils.h"
#include "utils/datum.h"

#include "row.h"

/*
 * Two values are the same if they look the same to the bit once detoasted;
 * a value that differs only in representation counts as changed.
 */
static bool
same_value(Form_pg_attribute att, Datum a, Datum b)
{
	struct varlena *va;
	struct varlena *vb;
	bool		same;

	/* The upper bytes of a Datum depend on where it comes from. */
	if (att->attbyval)
	{
		switch (att->attlen)
		{
			case sizeof(char):
				return DatumGetChar(a) == DatumGetChar(b);
			case sizeof(int16):
				return DatumGetInt16(a) == DatumGetInt16(b);
			case sizeof(int32):
				return DatumGetInt32(a) == DatumGetInt32(b);
			default:
				return a == b;
		}
	}
	if (DatumGetPointer(a) == DatumGetPointer(b))
		return true;
	if (att->attlen > 0)
		return memcmp(DatumGetPointer(a), DatumGetPointer(b), att->attlen) == 0;
	if (att->attlen == -2)
		return strcmp(DatumGetCString(a), DatumGetCString(b)) == 0;

	/* An update that leaves a toasted value alone keeps its toast pointer. */
	if (VARATT_IS_EXTERNAL_ONDISK(DatumGetPointer(a)) &&
		VARATT_IS_EXTERNAL_ONDISK(DatumGetPointer(b)) &&
		memcmp(DatumGetPointer(a), DatumGetPointer(b), VARSIZE_EXTERNAL(DatumGetPointer(a))) == 0)
		return true;
	if (toast_raw_datum_size(a) != toast_raw_datum_size(b))
		return false;

	va = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(a));
	vb = pg_detoast_datum_packed((struct varlena *) DatumGetPointer(b));
	same = memcmp(VARDATA_ANY(va), VARDATA_ANY(vb), VARSIZE_ANY_EXHDR(va)) == 0;
	if ((Pointer) va != DatumGetPointer(a))
		pfree(va);
	if ((Pointer) vb != DatumGetPointer(b))
		pfree(vb);
	return same;
}

/*
 * row_same_attribute compares two rows in one physical column.  Most columns
 * of a changed row are its old row's very Datums.
 */
bool
row_same_attribute(const Row *a, const Row *b, int i)
{
	const TupleTableSlot *slot = a->slot;

	if (slot->tts_isnull[i] || b->slot->tts_isnull[i])
		return slot->tts_isnull[i] == b->slot->tts_isnull[i];
	return slot->tts_values[i] == b->slot->tts_values[i] ||
		same_value(TupleDescAttr(slot->tts_tupleDescriptor, i), slot->tts_values[i], b->slot->tts_values[i]);
}

bool
row_same(const Row *a, const Row *b, int column)
{
	return row_same_attribute(a, b, a->table->attno[column] - 1);
}

/* row_same_across compares a column of one row with one of another table's row. */
bool
row_same_across(const Row *a, int column_a, const Row *b, int column_b)
{
	if (row_is_null(a, column_a) || row_is_null(b, column_b))
		return row_is_null(a, column_a) == row_is_null(b, column_b);
	return same_value(TupleDescAttr(a->slot->tts_tupleDescriptor, a->table->attno[column_a] - 1),
					  row_get(a, column_a), row_get(b, column_b));
}

/* row_set_across sets a column to a copy of one of another table's row. */
void
row_set_across(Row *row, int column, const Row *from, int column_from)
{
	Form_pg_attribute att = TupleDescAttr(row->slot->tts_tupleDescriptor, row->table->attno[column] - 1);

	if (row_is_null(from, column_from))
		row_set_null(row, column);
	else
		row_set(row, column, datumCopy(row_get(from, column_from), att->attbyval, att->attlen));
}

static bool
is_among(const CatalogTable *table, int i, uint32 columns)
{
	for (int c = 0; c < table->ncolumns; c++)
	{
		if (columns & COLUMN_BIT(c) && table->attno[c] == i + 1)
			return true;
	}
	return false;
}

#ifdef USE_ASSERT_CHECKING
/* A copy is compared only with what it is a copy of. */
static bool
is_copy(const Row *of, const Row *row)
{
	for (int i = 0; i < row->slot->tts_tupleDescriptor->natts; i++)
	{
		if (!is_among(row->table, i, row->touched) && !row_same_attribute(of, row, i))
			return row->touched == ROW_UNKNOWN;
	}
	return true;
}
#endif

/*
 * row_column_changes returns the bits of our columns that differ; of a new
 * row, given no old one, those that are not null.
 */
uint32
row_column_changes(const Row *old, const Row *row)
{
	uint32		changes = 0;
	uint32		left = COLUMN_BIT(row->table->ncolumns) - 1;

	Assert(old == NULL || is_copy(old, row));
	if (old != NULL)
		left &= row->touched;
	for (; left != 0; left &= left - 1)
	{
		int			c = pg_rightmost_one_pos32(left);

		if (old == NULL ? !row_is_null(row, c) : !row_same(old, row, c))
			changes |= COLUMN_BIT(c);
	}
	return changes;
}

/*
 * Generated columns do not count: before an update they are not computed yet.
 * Nor do dropped ones, whose old values an update does away with.
 */
static bool
counts(Form_pg_attribute att)
{
	return !att->attgenerated && !att->attisdropped;
}

/* row_differs tells whether any column differs, leaving some of ours out. */
bool
row_differs(const Row *a, const Row *b, uint32 except)
{
	TupleDesc	desc = a->slot->tts_tupleDescriptor;

	if (b->touched != ROW_UNKNOWN)
		return (row_column_changes(a, b) & ~except) != 0;
	for (int i = 0; i < desc->natts; i++)
	{
		if (counts(TupleDescAttr(desc, i)) &&
			!row_same_attribute(a, b, i) &&
			!is_among(a->table, i, except))
			return true;
	}
	return false;
}

/* row_changes returns the differing columns, as an RTE's updatedCols has them. */
Bitmapset *
row_changes(const Row *a, const Row *b)
{
	TupleDesc	desc = a->slot->tts_tupleDescriptor;
	Bitmapset  *changes = NULL;

	if (b->touched != ROW_UNKNOWN)
	{
		for (uint32 left = row_column_changes(a, b); left != 0; left &= left - 1)
			changes = bms_add_member(changes, b->table->attno[pg_rightmost_one_pos32(left)] -
									 FirstLowInvalidHeapAttributeNumber);
		return changes;
	}
	for (int i = 0; i < desc->natts; i++)
	{
		if (counts(TupleDescAttr(desc, i)) && !row_same_attribute(a, b, i))
			changes = bms_add_member(changes, i + 1 - FirstLowInvalidHeapAttributeNumber);
	}
	return changes;
}

/* row_is tells whether a text column has a value. */
bool
row_is(const Row *row, int column, const char *value)
{
	text	   *t;
	size_t		len = strlen(value);

	if (row_is_null(row, column))
		return false;
	t = DatumGetTextPP(row_get(row, column));
	return VARSIZE_ANY_EXHDR(t) == len && memcmp(VARDATA_ANY(t), value, len) == 0;
}

/* row_amount returns an amount, 0 for NULL. */
int64
row_amount(const Row *row, int column)
{
	return row_is_null(row, column) ? 0 : DatumGetInt64(row_get(row, column));
}

/* row_status returns the status of a session. */
Status
row_status(const Row *session)
{
	return catalog_status(DatumGetObjectId(row_get(session, SESSION_STATUS)));
}

bool
row_is_selected(const Row *session)
{
	return !row_is_null(session, SESSION_IS_SELECTED) &&
		DatumGetBool(row_get(session, SESSION_IS_SELECTED));
}
