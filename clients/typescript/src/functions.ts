// The functions of schema paysession.  "make typescript" has written it, from the
// extension: do not edit it.

import { json, row, rowOrNull, rows, value, type Json, type JsonInput, type Queryable } from './database';
import type { Cart, CheckRow, ClaimedOperation, CollectionRelation, EventsRow, IdempotencyKey, OperationOutcome, Payment, PaymentCollection, PaymentOperation, PaymentProvider, PaymentProviderCaptureMethod, PaymentSession, PaymentSessionEvent, PaymentSessionStatus, ProviderEvent, ProviderEventStatus, RefundReason, SalesChannel, SessionRelation, TransitionsRow } from './rows';

/** checkout: records that the provider holds the money; takes the selection */
export function ps_authorize(db: Queryable, session_id: string, options: {
	amount?: number | null | undefined;
	data?: JsonInput | null | undefined;
	provider_ref?: string | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_authorize', {
		session_id: session_id,
		amount: options.amount,
		data: json(options.data),
		provider_ref: options.provider_ref,
	});
}

/** money: reserves an authorization; claimed: this caller is to ask the provider */
export function ps_begin(db: Queryable, session_id: string, options: {
	lease?: string | undefined;
} = {}): Promise<ClaimedOperation> {
	return row(db, 'ps_begin', {
		session_id: session_id,
		lease: options.lease,
	});
}

/** checkout: cancels a payment session for good */
export function ps_cancel(db: Queryable, session_id: string, options: {
	reason?: string | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_cancel', {
		session_id: session_id,
		reason: options.reason,
	});
}

/** collection: cancels a collection and its sessions, none of them authorized */
export function ps_cancel_collection(db: Queryable, collection_id: string, options: {
	reason?: string | null | undefined;
} = {}): Promise<PaymentCollection> {
	return row(db, 'ps_cancel_collection', {
		collection_id: collection_id,
		reason: options.reason,
	});
}

/** money: captures what is capturable, or an amount; with a lease: reserves it */
export function ps_capture(db: Queryable, payment_id: string, options: {
	amount?: number | null | undefined;
	final?: boolean | null | undefined;
	lease?: string | null | undefined;
	idempotency_key?: string | null | undefined;
	provider_ref?: string | null | undefined;
	metadata?: JsonInput | undefined;
} = {}): Promise<ClaimedOperation> {
	return row(db, 'ps_capture', {
		payment_id: payment_id,
		amount: options.amount,
		final: options.final,
		lease: options.lease,
		idempotency_key: options.idempotency_key,
		provider_ref: options.provider_ref,
		metadata: json(options.metadata),
	});
}

/** read: everything in the tables that breaks the law; a healthy database has none */
export function ps_check(db: Queryable): Promise<CheckRow[]> {
	return rows(db, 'ps_check', {});
}

/** worker: claims a pending operation whose claim has run out */
export function ps_claim(db: Queryable, operation_id: string, options: {
	lease?: string | undefined;
} = {}): Promise<ClaimedOperation> {
	return row(db, 'ps_claim', {
		operation_id: operation_id,
		lease: options.lease,
	});
}

/** checkout: completes a cart, once, with the payment of its authorized session */
export function ps_complete_cart(db: Queryable, options: {
	cart_id?: string | null | undefined;
	idempotency_key?: string | null | undefined;
	order_id?: string | null | undefined;
} = {}): Promise<Payment | null> {
	return rowOrNull(db, 'ps_complete_cart', {
		cart_id: options.cart_id,
		idempotency_key: options.idempotency_key,
		order_id: options.order_id,
	});
}

/** checkout: makes a payment session for a cart, or returns the one that is there */
export function ps_create(db: Queryable, cart_id: string, provider_id: string, options: {
	amount?: number | null | undefined;
	data?: JsonInput | undefined;
	id?: string | null | undefined;
	currency_code?: string | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_create', {
		cart_id: cart_id,
		provider_id: provider_id,
		amount: options.amount,
		data: json(options.data),
		id: options.id,
		currency_code: options.currency_code,
	});
}

/** collection: makes a payment collection of an amount */
export function ps_create_collection(db: Queryable, amount: number, currency_code: string, options: {
	type?: string | undefined;
	description?: string | null | undefined;
	metadata?: JsonInput | null | undefined;
	created_by?: string | null | undefined;
} = {}): Promise<PaymentCollection> {
	return row(db, 'ps_create_collection', {
		amount: amount,
		currency_code: currency_code,
		type: options.type,
		description: options.description,
		metadata: json(options.metadata),
		created_by: options.created_by,
	});
}

/** checkout: removes a payment session; one that was initiated is canceled instead */
export function ps_delete(db: Queryable, session_id: string): Promise<PaymentSession> {
	return row(db, 'ps_delete', {
		session_id: session_id,
	});
}

/** collection: removes a collection, or cancels it where a session must stay */
export function ps_delete_collection(db: Queryable, collection_id: string): Promise<PaymentCollection> {
	return row(db, 'ps_delete_collection', {
		collection_id: collection_id,
	});
}

/** read: the history of all payment sessions; after is the last cursor seen */
export function ps_events(db: Queryable, options: {
	after?: string | null | undefined;
	max_rows?: number | undefined;
} = {}): Promise<EventsRow[]> {
	return rows(db, 'ps_events', {
		after: options.after,
		max_rows: options.max_rows,
	});
}

/** worker: cancels expired sessions, and has expired authorizations voided */
export function ps_expire(db: Queryable, options: {
	max_rows?: number | undefined;
} = {}): Promise<PaymentSession[]> {
	return rows(db, 'ps_expire', {
		max_rows: options.max_rows,
	});
}

/** checkout: records the provider's definitive no */
export function ps_fail(db: Queryable, session_id: string, options: {
	reason?: string | null | undefined;
	data?: JsonInput | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_fail', {
		session_id: session_id,
		reason: options.reason,
		data: json(options.data),
	});
}

/** money: records a provider's answer: succeeded, failed, unknown or reversed */
export function ps_finish(db: Queryable, operation_id: string, outcome: OperationOutcome, options: {
	amount?: number | null | undefined;
	provider_ref?: string | null | undefined;
	reason?: string | null | undefined;
} = {}): Promise<PaymentOperation> {
	return row(db, 'ps_finish', {
		operation_id: operation_id,
		outcome: outcome,
		amount: options.amount,
		provider_ref: options.provider_ref,
		reason: options.reason,
	});
}

/** read: a payment session as JSON, expanded by details, cart, payment, operations */
export function ps_get(db: Queryable, session_id: string, options: {
	expand?: SessionRelation[] | undefined;
} = {}): Promise<Json> {
	return value(db, 'ps_get', {
		session_id: session_id,
		expand: options.expand,
	});
}

/** collection: a payment collection as JSON; expand names sessions, payments */
export function ps_get_collection(db: Queryable, collection_id: string, options: {
	expand?: CollectionRelation[] | undefined;
} = {}): Promise<Json> {
	return value(db, 'ps_get_collection', {
		collection_id: collection_id,
		expand: options.expand,
	});
}

/** read: what happened to a payment session, oldest first, up to a time */
export function ps_history(db: Queryable, session_id: string, options: {
	at?: Date | null | undefined;
} = {}): Promise<PaymentSessionEvent[]> {
	return rows(db, 'ps_history', {
		session_id: session_id,
		at: options.at,
	});
}

/** id: when an id was made */
export function ps_id_time(db: Queryable, id: string): Promise<Date> {
	return value(db, 'ps_id_time', {
		id: id,
	});
}

/** idempotency: records how far a request has come */
export function ps_idempotency_advance(db: Queryable, key: string, recovery_point: string): Promise<IdempotencyKey> {
	return row(db, 'ps_idempotency_advance', {
		key: key,
		recovery_point: recovery_point,
	});
}

/** idempotency: takes a key for a lease; says where to go on, or what to answer */
export function ps_idempotency_begin(db: Queryable, key: string, method: string | null, path: string | null, params: JsonInput | null, options: {
	lease?: string | undefined;
} = {}): Promise<IdempotencyKey> {
	return row(db, 'ps_idempotency_begin', {
		key: key,
		method: method,
		path: path,
		params: json(params),
		lease: options.lease,
	});
}

/** idempotency: records what a request was answered with, to be answered so again */
export function ps_idempotency_finish(db: Queryable, key: string, code: number, options: {
	body?: JsonInput | null | undefined;
} = {}): Promise<IdempotencyKey> {
	return row(db, 'ps_idempotency_finish', {
		key: key,
		code: code,
		body: json(options.body),
	});
}

/** read: payment sessions, newest first; after is the last id seen */
export function ps_list(db: Queryable, options: {
	cart_id?: string | null | undefined;
	payment_collection_id?: string | null | undefined;
	provider_id?: string | null | undefined;
	status?: PaymentSessionStatus | null | undefined;
	created_before?: Date | null | undefined;
	after?: string | null | undefined;
	max_rows?: number | undefined;
} = {}): Promise<PaymentSession[]> {
	return rows(db, 'ps_list', {
		cart_id: options.cart_id,
		payment_collection_id: options.payment_collection_id,
		provider_id: options.provider_id,
		status: options.status,
		created_before: options.created_before,
		after: options.after,
		max_rows: options.max_rows,
	});
}

/** id: a new id with a prefix (without its underscore), on the route of another id */
export function ps_new_id(db: Queryable, prefix: string, options: {
	near?: string | null | undefined;
} = {}): Promise<string> {
	return value(db, 'ps_new_id', {
		prefix: prefix,
		near: options.near,
	});
}

/** set-up: has this database own some routes only; NULL: all, as the only one */
export function ps_own_routes(db: Queryable, routes: string | null): Promise<string | null> {
	return value(db, 'ps_own_routes', {
		routes: routes,
	});
}

/** set-up: the routes that this database owns; NULL: all, as the only one */
export function ps_owned_routes(db: Queryable): Promise<string | null> {
	return value(db, 'ps_owned_routes', {});
}

/** money: makes an authorized payment session a payment, once */
export function ps_promote(db: Queryable, session_id: string, options: {
	order_id?: string | null | undefined;
} = {}): Promise<Payment> {
	return row(db, 'ps_promote', {
		session_id: session_id,
		order_id: options.order_id,
	});
}

/** worker: forgets what came to nothing, webhook events and keys from before a time */
export function ps_purge(db: Queryable, before: Date, options: {
	max_rows?: number | undefined;
} = {}): Promise<number> {
	return value(db, 'ps_purge', {
		before: before,
		max_rows: options.max_rows,
	});
}

/** checkout: registers a cart, or changes it; the amounts of its sessions follow */
export function ps_put_cart(db: Queryable, cart: JsonInput): Promise<Cart> {
	return row(db, 'ps_put_cart', {
		cart: json(cart),
	});
}

/** set-up: registers a payment provider, or replaces what is known of it */
export function ps_put_provider(db: Queryable, id: string, options: {
	is_installed?: boolean | undefined;
	capture_method?: PaymentProviderCaptureMethod | undefined;
	session_ttl?: string | null | undefined;
	authorization_ttl?: string | null | undefined;
} = {}): Promise<PaymentProvider> {
	return row(db, 'ps_put_provider', {
		id: id,
		is_installed: options.is_installed,
		capture_method: options.capture_method,
		session_ttl: options.session_ttl,
		authorization_ttl: options.authorization_ttl,
	});
}

/** set-up: registers a sales channel, or replaces what is known of it */
export function ps_put_sales_channel(db: Queryable, id: string, name: string, options: {
	description?: string | null | undefined;
	is_disabled?: boolean | undefined;
	metadata?: JsonInput | null | undefined;
} = {}): Promise<SalesChannel> {
	return row(db, 'ps_put_sales_channel', {
		id: id,
		name: name,
		description: options.description,
		is_disabled: options.is_disabled,
		metadata: json(options.metadata),
	});
}

/** webhook: takes in an event of a provider, once, and applies it */
export function ps_receive(db: Queryable, provider_id: string, event_id: string, status: ProviderEventStatus, options: {
	session_id?: string | null | undefined;
	provider_ref?: string | null | undefined;
	operation_ref?: string | null | undefined;
	amount?: number | null | undefined;
	payload?: JsonInput | undefined;
	occurred_at?: Date | null | undefined;
} = {}): Promise<ProviderEvent> {
	return row(db, 'ps_receive', {
		provider_id: provider_id,
		event_id: event_id,
		status: status,
		session_id: options.session_id,
		provider_ref: options.provider_ref,
		operation_ref: options.operation_ref,
		amount: options.amount,
		payload: json(options.payload),
		occurred_at: options.occurred_at,
	});
}

/** checkout: puts a fresh payment session in the place of another, selection kept */
export function ps_refresh(db: Queryable, session_id: string): Promise<PaymentSession> {
	return row(db, 'ps_refresh', {
		session_id: session_id,
	});
}

/** money: refunds what is refundable, or an amount; with a lease: reserves it */
export function ps_refund(db: Queryable, payment_id: string, options: {
	amount?: number | null | undefined;
	reason?: RefundReason | undefined;
	note?: string | null | undefined;
	lease?: string | null | undefined;
	idempotency_key?: string | null | undefined;
	provider_ref?: string | null | undefined;
	metadata?: JsonInput | undefined;
} = {}): Promise<ClaimedOperation> {
	return row(db, 'ps_refund', {
		payment_id: payment_id,
		amount: options.amount,
		reason: options.reason,
		note: options.note,
		lease: options.lease,
		idempotency_key: options.idempotency_key,
		provider_ref: options.provider_ref,
		metadata: json(options.metadata),
	});
}

/** money: refunds an amount over an order's payments, newest first, all or nothing */
export function ps_refund_order(db: Queryable, order_id: string, amount: number, options: {
	reason?: RefundReason | undefined;
	note?: string | null | undefined;
	idempotency_key?: string | null | undefined;
} = {}): Promise<PaymentOperation[]> {
	return rows(db, 'ps_refund_order', {
		order_id: order_id,
		amount: amount,
		reason: options.reason,
		note: options.note,
		idempotency_key: options.idempotency_key,
	});
}

/** checkout: records that the provider needs more from the customer */
export function ps_require_more(db: Queryable, session_id: string, options: {
	data?: JsonInput | null | undefined;
	provider_ref?: string | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_require_more', {
		session_id: session_id,
		data: json(options.data),
		provider_ref: options.provider_ref,
	});
}

/** webhook: tries an event that is a conflict or parked once more, or dismisses it */
export function ps_resolve(db: Queryable, provider_id: string, event_id: string, apply: boolean, options: {
	note?: string | null | undefined;
} = {}): Promise<ProviderEvent> {
	return row(db, 'ps_resolve', {
		provider_id: provider_id,
		event_id: event_id,
		apply: apply,
		note: options.note,
	});
}

/** checkout: makes a session that failed or waits for the customer pending again */
export function ps_retry(db: Queryable, session_id: string): Promise<PaymentSession> {
	return row(db, 'ps_retry', {
		session_id: session_id,
	});
}

/** id: the 15 bits by which everything of one cart is kept together */
export function ps_route(db: Queryable, id: string): Promise<number> {
	return value(db, 'ps_route', {
		id: id,
	});
}

/** checkout: selects the payment session that the customer pays with */
export function ps_select(db: Queryable, session_id: string): Promise<PaymentSession> {
	return row(db, 'ps_select', {
		session_id: session_id,
	});
}

/** collection: makes these sessions, and what is authorized, pay a collection */
export function ps_set_collection_sessions(db: Queryable, collection_id: string, sessions: JsonInput): Promise<PaymentSession[]> {
	return rows(db, 'ps_set_collection_sessions', {
		collection_id: collection_id,
		sessions: json(sessions),
	});
}

/** checkout: makes a cart have a session for each of these providers, and no other */
export function ps_set_sessions(db: Queryable, cart_id: string, options: {
	provider_ids?: string[] | null | undefined;
} = {}): Promise<PaymentSession[]> {
	return rows(db, 'ps_set_sessions', {
		cart_id: cart_id,
		provider_ids: options.provider_ids,
	});
}

/** worker: the pending operations to ask the provider about, the oldest first */
export function ps_stuck(db: Queryable, options: {
	older_than?: string | undefined;
	max_rows?: number | undefined;
} = {}): Promise<PaymentOperation[]> {
	return rows(db, 'ps_stuck', {
		older_than: options.older_than,
		max_rows: options.max_rows,
	});
}

/** read: the moves that a payment session can make, its birth among them */
export function ps_transitions(db: Queryable): Promise<TransitionsRow[]> {
	return rows(db, 'ps_transitions', {});
}

/** checkout: takes the selection from a payment session */
export function ps_unselect(db: Queryable, session_id: string): Promise<PaymentSession> {
	return row(db, 'ps_unselect', {
		session_id: session_id,
	});
}

/** checkout: changes amount, data or reference of a session; data once authorized */
export function ps_update(db: Queryable, session_id: string, options: {
	amount?: number | null | undefined;
	data?: JsonInput | null | undefined;
	provider_ref?: string | null | undefined;
} = {}): Promise<PaymentSession> {
	return row(db, 'ps_update', {
		session_id: session_id,
		amount: options.amount,
		data: json(options.data),
		provider_ref: options.provider_ref,
	});
}

/** collection: changes amount, description or metadata of a payment collection */
export function ps_update_collection(db: Queryable, collection_id: string, options: {
	amount?: number | null | undefined;
	description?: string | null | undefined;
	metadata?: JsonInput | null | undefined;
} = {}): Promise<PaymentCollection> {
	return row(db, 'ps_update_collection', {
		collection_id: collection_id,
		amount: options.amount,
		description: options.description,
		metadata: json(options.metadata),
	});
}

/** money: changes what is known of a payment; its order is set once */
export function ps_update_payment(db: Queryable, payment_id: string, options: {
	order_id?: string | null | undefined;
	authorization_expires_at?: Date | null | undefined;
	data?: JsonInput | null | undefined;
	metadata?: JsonInput | null | undefined;
} = {}): Promise<Payment> {
	return row(db, 'ps_update_payment', {
		payment_id: payment_id,
		order_id: options.order_id,
		authorization_expires_at: options.authorization_expires_at,
		data: json(options.data),
		metadata: json(options.metadata),
	});
}

/** money: releases what is not captured; with a lease: reserves it */
export function ps_void(db: Queryable, payment_id: string, options: {
	lease?: string | null | undefined;
	reason?: string | null | undefined;
	idempotency_key?: string | null | undefined;
	provider_ref?: string | null | undefined;
} = {}): Promise<ClaimedOperation> {
	return row(db, 'ps_void', {
		payment_id: payment_id,
		lease: options.lease,
		reason: options.reason,
		idempotency_key: options.idempotency_key,
		provider_ref: options.provider_ref,
	});
}
