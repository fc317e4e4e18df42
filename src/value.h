/*
 * value.h
 *		What a single value may be, in an argument or in a column.
 */
#ifndef PAYSESSION_VALUE_H
#define PAYSESSION_VALUE_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"

typedef enum PanCheck
{
	PAN_CHECK_OFF,
	PAN_CHECK_WARN,
	PAN_CHECK_ERROR
} PanCheck;

extern int	value_pan_check;	/* a PanCheck; the setting
								 * paysession.pan_check */

extern void value_check_document(const char *what, Datum document, bool warns);
extern void value_hide_statement(void *arg);
extern void value_check_json(const char *what, Datum json);
extern char *value_mask_text(char *s);
extern Datum value_mask_document(Datum document, bool *masked);
extern void value_check_note(const char *what, Datum note, bool warns);
extern void value_check_id(const char *what, Datum id);
extern void value_check_token(const char *what, Datum token);
extern void value_check_currency(const char *what, Datum currency);
extern void value_check_amount(const char *what, int64 amount);
extern void value_check_time(const char *what, TimestampTz time);
extern bool value_same_text(Datum a, Datum b);
extern bool value_is_listed(List *ids, Datum id);
extern TimestampTz value_truncate(TimestampTz time);
extern TimestampTz value_clock(void);

#endif							/* PAYSESSION_VALUE_H */
