/*
 * errors.h
 *		Every error that we raise, once.
 *
 * An error is named by what happened.  SQLSTATE, table and constraint field
 * are part of the interface: clients branch on them.  No message holds a value
 * of data, context, metadata, reason or note.
 */
#ifndef PAYSESSION_ERRORS_H
#define PAYSESSION_ERRORS_H

#include "utils/elog.h"
#include "utils/errcodes.h"
#include "utils/rel.h"

/* Arguments and values */

#define error_null(what) \
	ereport(ERROR, \
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), \
			 errmsg("%s must not be null", what)))

#define error_invalid(what, hint) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("invalid %s", what), \
			 errhint(hint)))

#define error_not_positive(what) \
	ereport(ERROR, \
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), \
			 errmsg("%s must be positive and at most 9007199254740991", what), \
			 errhint("Give the amount in the currency's minor unit.")))

#define error_out_of_range(what) \
	ereport(ERROR, \
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), \
			 errmsg("%s is out of range", what), \
			 errdetail("No amount or rate may exceed 9007199254740991.")))

#define error_not_finite(what) \
	ereport(ERROR, \
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), \
			 errmsg("%s must be finite", what)))

/*
 * The statement that carried a document may hold what must not be logged, so
 * neither it nor the context is, whatever is wrong with the document.
 */
#define error_document(what, problem) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("%s %s", what, problem), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define report_card_number(elevel, what) \
	ereport(elevel, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment session %s must not contain a card number", what), \
			 errhint("Store the provider's token instead."), \
			 err_generic_string(PG_DIAG_SCHEMA_NAME, "paysession"), \
			 err_generic_string(PG_DIAG_TABLE_NAME, "payment_session"), \
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, "payment_session_no_pan"), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define report_security_code(elevel, what) \
	ereport(elevel, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment session %s must not contain a card's security code", what), \
			 errhint("Store the provider's token instead."), \
			 err_generic_string(PG_DIAG_SCHEMA_NAME, "paysession"), \
			 err_generic_string(PG_DIAG_TABLE_NAME, "payment_session"), \
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, "payment_session_no_pan"), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_null_column(rel, column, attno) \
	ereport(ERROR, \
			(errcode(ERRCODE_NOT_NULL_VIOLATION), \
			 errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint", \
					column, RelationGetRelationName(rel)), \
			 errtablecol(rel, attno)))

#define error_cart_document(path, problem) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("invalid cart: %s %s", path, problem), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_expand(position, noun, names) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("element %d of expand is not a relation of a payment %s", position, noun), \
			 errhint("There are %s.", names)))

/* What belongs to another database */

#define error_route_not_owned(route) \
	ereport(ERROR, \
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE), \
			 errmsg("route %d is not owned by this database", route), \
			 errhint("Repeat the call once the router knows the database that owns it.")))

#define error_no_route_owned() \
	ereport(ERROR, \
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE), \
			 errmsg("no route is owned by this database"), \
			 errhint("Repeat the call at a database that owns some.")))

#define error_id_shape(rel, id, prefix) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("id \"%s\" is not \"%s_\" and a ULID", id, prefix), \
			 errhint("Where routes are owned every id shows its route; paysession.ps_new_id makes such ids."), \
			 errtable(rel)))

#define error_route_differs(rel, id, other) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("id \"%s\" is not on the route of \"%s\"", id, other), \
			 errhint("Leave it out, or make it with paysession.ps_new_id, near the other one."), \
			 errtable(rel)))

/* Things that are not there */

#define error_unknown_session(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("payment session \"%s\" does not exist", id)))

#define error_unknown_provider(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION), \
			 errmsg("payment provider \"%s\" does not exist", id), \
			 errdetail("Key (provider_id)=(%s) is not present in table \"payment_provider\".", id), \
			 errhint("Register it with paysession.ps_put_provider."), \
			 errtableconstraint(rel, "payment_session_provider_id_fkey")))

#define error_unknown_collection(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("payment collection \"%s\" does not exist", id)))

#define error_unknown_collection_session(id, collection) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("payment collection \"%s\" has no payment session \"%s\" that is not canceled", \
					collection, id)))

#define error_unknown_collection_key(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION), \
			 errmsg("payment collection \"%s\" does not exist", id), \
			 errdetail("Key (payment_collection_id)=(%s) is not present in table \"payment_collection\".", id), \
			 errhint("Make it with paysession.ps_create_collection."), \
			 errtableconstraint(rel, "payment_session_payment_collection_id_fkey")))

/* The law of payment sessions */

#define error_provider_not_installed(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment provider \"%s\" is not installed", id), \
			 errhint("Offer another provider, or install it with paysession.ps_put_provider."), \
			 errtableconstraint(rel, "payment_provider_installed")))

#define error_initial_status(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("a new payment session must be \"pending\" and neither authorized nor canceled"), \
			 errhint("Insert it without status and times, then move it."), \
			 errtableconstraint(rel, "payment_session_initial_status")))

#define error_transition(rel, from, to, hint) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("invalid payment session transition from \"%s\" to \"%s\"", from, to), \
			 errhint("%s", hint), \
			 errtableconstraint(rel, "payment_session_transition")))

#define error_immutable(rel, column) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("column \"%s\" of a payment session cannot change", column), \
			 errtableconstraint(rel, "payment_session_immutable")))

#define error_frozen(rel, column) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("column \"%s\" of an authorized payment session cannot change", column), \
			 errhint("Cancel the session with paysession.ps_cancel and start another one."), \
			 errtableconstraint(rel, "payment_session_immutable")))

#define error_anchors(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("a payment session cannot have both a cart and a payment collection"), \
			 errtableconstraint(rel, "payment_session_anchor")))

#define error_other_authorized(rel, cart) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("cart \"%s\" has an authorized payment session", cart), \
			 errhint("Cancel that session with paysession.ps_cancel first."), \
			 errtableconstraint(rel, "payment_session_selected")))

#define error_other_selected(rel, cart) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("another payment session of cart \"%s\" is selected", cart), \
			 errhint("Select this session first, or use paysession.ps_authorize, which takes the selection with it."), \
			 errtableconstraint(rel, "payment_session_selected")))

#define error_selection_leaves(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("an authorized payment session must stay selected"), \
			 errhint("Cancel it with paysession.ps_cancel to choose another one."), \
			 errtableconstraint(rel, "payment_session_selected")))

#define error_canceled_selected(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("a canceled payment session cannot be selected"), \
			 errhint("Make a new one with paysession.ps_create."), \
			 errtableconstraint(rel, "payment_session_selected")))

#define error_amount_missing(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("a payment session without an amount cannot be authorized"), \
			 errhint("Give the amount, or price the cart with paysession.ps_put_cart."), \
			 errtableconstraint(rel, "payment_session_amount")))

#define error_currency_missing(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("a payment session without a currency cannot be authorized"), \
			 errhint("Set currency_code of its cart, or its own."), \
			 errtableconstraint(rel, "payment_session_currency_code")))

#define error_amount_differs(rel, what, given, expected) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("amount of a payment session must be %s", what), \
			 errdetail("The amount given is %s, expected is %s.", given, expected), \
			 errtableconstraint(rel, "payment_session_amount")))

#define error_currency_differs(rel, anchor, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("currency of a payment session must be that of %s \"%s\"", anchor, id), \
			 errtableconstraint(rel, "payment_session_currency_code")))

#define error_expired(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment session \"%s\" has expired", id), \
			 errhint("Make a fresh one with paysession.ps_refresh."), \
			 errtableconstraint(rel, "payment_session_expired")))

#define error_delete_authorized(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("payment session \"%s\" was authorized and cannot be deleted or replaced", id), \
			 errhint("Cancel it with paysession.ps_cancel; it stays as history."), \
			 errtableconstraint(rel, "payment_session_delete")))

#define error_duplicate_session(rel, id, cart) \
	ereport(ERROR, \
			(errcode(ERRCODE_UNIQUE_VIOLATION), \
			 errmsg("payment session \"%s\" already exists for this cart and provider", id), \
			 errdetail("Key (cart_id)=(%s) already exists.", cart), \
			 errhint("Go on with it; paysession.ps_update changes its amount."), \
			 errtableconstraint(rel, "payment_session_cart_id_provider_id_key")))

/* The law of carts */

#define error_cart_total_authorized(rel, cart) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("total and currency of cart \"%s\" cannot change: a payment session is authorized", cart), \
			 errhint("Cancel that session with paysession.ps_cancel first."), \
			 errtableconstraint(rel, "cart_total_authorized")))

#define error_cart_completed(rel, cart) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("cart \"%s\" is completed", cart), \
			 errdetail("A completed cart takes no new session, selection, total or currency."), \
			 errtableconstraint(rel, "cart_completed")))

/* The law of payments */

#define error_unknown_operation(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("payment operation \"%s\" does not exist", id)))

#define error_unknown_payment(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("payment \"%s\" does not exist", id)))

#define error_unknown_cart(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("cart \"%s\" does not exist", id)))

#define error_unknown_key() \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("no payment session of a cart has this idempotency key")))

#define error_unknown_order(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("order \"%s\" has no payment", id)))

#define error_order_currencies(id) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("payments of order \"%s\" are in several currencies", id), \
			 errhint("Refund them one by one with paysession.ps_refund.")))

#define error_unknown_session_key(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION), \
			 errmsg("payment session \"%s\" does not exist", id), \
			 errdetail("Key (session_id)=(%s) is not present in table \"payment_session\".", id), \
			 errtableconstraint(rel, "payment_session_id_fkey")))

#define error_not_authorized(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment session \"%s\" is not authorized", id), \
			 errhint("Only an authorized session becomes a payment."), \
			 errtableconstraint(rel, "payment_session_authorized")))

#define error_being_released(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("the money of payment session \"%s\" is being released", id), \
			 errtableconstraint(rel, "payment_session_authorized")))

#define error_cart_not_authorized(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("cart \"%s\" has no authorized payment session", id), \
			 errhint("Authorize its selected session first."), \
			 errtableconstraint(rel, "payment_session_authorized")))

#define error_session_payment(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment session \"%s\" has a payment that is not canceled", id), \
			 errhint("Void the payment with paysession.ps_void, or refund it."), \
			 errtableconstraint(rel, "payment_session_payment")))

#define error_delete_with_operation(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("payment session \"%s\" has payment operations and cannot be deleted", id), \
			 errhint("Cancel it with paysession.ps_cancel; it stays as history."), \
			 errtableconstraint(rel, "payment_session_delete")))

#define error_payment_differs(rel, column) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("column \"%s\" of a payment must be its session's", column), \
			 errtableconstraint(rel, "payment_immutable")))

#define error_payment_immutable(rel, column) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("column \"%s\" of a payment cannot change", column), \
			 errtableconstraint(rel, "payment_immutable")))

#define error_captured_within_amount(rel, detail) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("more would be captured or released than was authorized, or nothing is left to be"), \
			 errdetail("%s", detail), \
			 errtableconstraint(rel, "payment_captured_within_amount")))

#define error_refunded_within_captured(rel, detail) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("more would be refunded than was captured, or nothing is left to be"), \
			 errdetail("%s", detail), \
			 errtableconstraint(rel, "payment_refunded_within_captured")))

#define error_operation_finished(rel, id, status) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment operation \"%s\" is %s", id, status), \
			 errhint("It cannot be finished with another answer."), \
			 errtableconstraint(rel, "payment_operation_finished")))

#define error_unknown_event(provider, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("event \"%s\" of payment provider \"%s\" does not exist", id, provider)))

#define error_event_settled(rel, id, outcome) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("event \"%s\" is %s", id, outcome), \
			 errhint("Only a conflict, or what is parked, can be resolved."), \
			 errtableconstraint(rel, "provider_event_outcome")))

#define error_event_provider(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION), \
			 errmsg("payment provider \"%s\" does not exist", id), \
			 errdetail("Key (provider_id)=(%s) is not present in table \"payment_provider\".", id), \
			 errhint("Register it with paysession.ps_put_provider."), \
			 errtableconstraint(rel, "provider_event_provider_id_fkey")))

#define error_unknown_idempotency_key() \
	ereport(ERROR, \
			(errcode(ERRCODE_NO_DATA_FOUND), \
			 errmsg("idempotency key does not exist"), \
			 errhint("Begin with paysession.ps_idempotency_begin.")))

#define error_idempotency_key_held(until) \
	ereport(ERROR, \
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE), \
			 errmsg("idempotency key is in use"), \
			 errdetail("Somebody works on its request until %s.", until), \
			 errhint("Try again then.")))

#define error_idempotency_key_finished(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("the request of an idempotency key is finished"), \
			 errhint("It cannot be answered in another way."), \
			 errtableconstraint(rel, "idempotency_key_finished")))

#define error_idempotency_key_reused() \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("idempotency key was already used with different parameters"), \
			 errhint("Use a new key for a new request.")))

#define error_ambiguous_key() \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("idempotency key belongs to payment sessions of several carts"), \
			 errhint("Name the cart.")))

#define error_delete_payment(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("a payment is never deleted"), \
			 errtable(rel)))

#define error_by_hand(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("operations, totals and times in table \"%s\" are written by functions only", \
					RelationGetRelationName(rel)), \
			 errhint("Use paysession.ps_capture, ps_refund, ps_void and ps_finish."), \
			 errtable(rel), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_completed_at(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("completed_at of a cart cannot change once it is set"), \
			 errtableconstraint(rel, "cart_completed")))

/* The law of payment collections */

#define error_collection_amount(rel, id, amount, authorized) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("more would be authorized than payment collection \"%s\" amounts to", id), \
			 errdetail("Its amount is " INT64_FORMAT ", authorized are " INT64_FORMAT ".", amount, authorized), \
			 errtableconstraint(rel, "payment_collection_amount")))

#define error_collection_sum(rel, id, expected, sum) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("amounts of the sessions must sum to the amount of payment collection \"%s\"", id), \
			 errdetail("The sessions would sum to " INT64_FORMAT ", expected are " INT64_FORMAT ".", sum, expected), \
			 errtableconstraint(rel, "payment_collection_amount")))

#define error_collection_money(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment collection \"%s\" has an authorized payment session", id), \
			 errhint("Cancel that session with paysession.ps_cancel, or void its payment with paysession.ps_void, first."), \
			 errtableconstraint(rel, "payment_collection_money")))

#define error_collection_canceled(rel, id) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("payment collection \"%s\" is canceled", id), \
			 errdetail("A canceled payment collection takes no session and no other amount."), \
			 errtableconstraint(rel, "payment_collection_canceled")))

#define error_collection_immutable(rel, column) \
	ereport(ERROR, \
			(errcode(ERRCODE_CHECK_VIOLATION), \
			 errmsg("column \"%s\" of a payment collection cannot change", column), \
			 errtableconstraint(rel, "payment_collection_immutable")))

#define error_collection_derived(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("status, authorized_amount and captured_amount of a payment collection are derived from its sessions and payments"), \
			 errhint("Leave them out; paysession.ps_cancel_collection cancels a collection."), \
			 errtable(rel), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_collection_document(i, problem) \
	ereport(ERROR, \
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), \
			 errmsg("invalid sessions: element %d %s", i, problem), \
			 errhidestmt(true), \
			 errhidecontext(true)))

/* Every table */

#define error_append_only(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("table \"%s\" is append-only", RelationGetRelationName(rel)), \
			 errhint("Its rows are written by the changes that they record."), \
			 errtable(rel), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_functions_only(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("table \"%s\" is written by functions only", RelationGetRelationName(rel)), \
			 errtable(rel), \
			 errhidestmt(true), \
			 errhidecontext(true)))

#define error_truncate(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_RESTRICT_VIOLATION), \
			 errmsg("table \"%s\" cannot be truncated", RelationGetRelationName(rel)), \
			 errtable(rel)))

#define error_suppressed(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION), \
			 errmsg("a change of table \"%s\" was suppressed by a trigger", RelationGetRelationName(rel)), \
			 errtable(rel)))

#define error_modified_by_trigger(rel) \
	ereport(ERROR, \
			(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION), \
			 errmsg("a row of table \"%s\" was changed by a trigger while it was being written", \
					RelationGetRelationName(rel)), \
			 errtable(rel)))

#define error_serialization() \
	ereport(ERROR, \
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE), \
			 errmsg("could not serialize access due to concurrent update"), \
			 errhint("The transaction might succeed if retried.")))

#define error_no_random() \
	ereport(ERROR, \
			(errcode(ERRCODE_INTERNAL_ERROR), \
			 errmsg("could not generate random values")))

/* What only a damaged installation can lead to */

#define error_missing_relation(schema, name) \
	ereport(ERROR, \
			(errcode(ERRCODE_UNDEFINED_TABLE), \
			 errmsg("relation \"%s.%s\" does not exist", schema, name)))

#define error_missing_column(column, schema, name) \
	ereport(ERROR, \
			(errcode(ERRCODE_UNDEFINED_COLUMN), \
			 errmsg("column \"%s\" of relation \"%s.%s\" does not exist", column, schema, name)))

#define error_missing_status(label) \
	ereport(ERROR, \
			(errcode(ERRCODE_UNDEFINED_OBJECT), \
			 errmsg("payment session status \"%s\" does not exist", label)))

#define error_trigger_protocol(function) \
	ereport(ERROR, \
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED), \
			 errmsg("function \"%s\" may only be called by its own triggers", function)))

#endif							/* PAYSESSION_ERRORS_H */
