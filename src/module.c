/*
 * module.c
 *		What happens when the library is loaded.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "catalog.h"
#include "compat.h"
#include "expression.h"
#include "guard.h"
#include "history.h"
#include "owned.h"
#include "route.h"
#include "store.h"
#include "value.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

static const struct config_enum_entry pan_check_options[] = {
	{"off", PAN_CHECK_OFF, false},
	{"warn", PAN_CHECK_WARN, false},
	{"error", PAN_CHECK_ERROR, false},
	{NULL, 0, false}
};

void
_PG_init(void)
{
	DefineCustomEnumVariable("paysession.pan_check",
							 "What happens to a card number or security code in a document or a note.",
							 NULL,
							 &value_pan_check,
							 PAN_CHECK_ERROR,
							 pan_check_options,
							 PGC_SUSET,
							 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("paysession.notify",
							 "Whether every change of a payment session is sent to listeners on \"paysession\".",
							 NULL,
							 &history_notify,
							 false,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);
	MarkGUCPrefixReserved("paysession");
	catalog_init();
	owned_init();
	expression_init();
	plain_init();
	store_set_judge(route_judge);
	store_set_law(TABLE_SESSION, &guard_session_law);
	store_set_law(TABLE_CART, &guard_cart_law);
	store_set_law(TABLE_PAYMENT, &guard_payment_law);
	store_set_law(TABLE_OPERATION, &guard_operation_law);
	store_set_law(TABLE_EVENT, &history_law);
}
