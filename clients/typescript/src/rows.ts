// What is in schema paysession.  "make typescript" has written it, from the
// extension: do not edit it.

import type { Json, JsonObject } from './database';

/** where a payment session stands with its provider; ps_transitions() has the moves */
export type PaymentSessionStatus = 'authorized' | 'pending' | 'requires_more' | 'error' | 'canceled';

export type CollectionRelation = 'sessions' | 'payments';
export type OperationOutcome = 'succeeded' | 'failed' | 'unknown' | 'reversed';
export type PaymentCollectionStatus = 'not_paid' | 'awaiting' | 'partially_authorized' | 'authorized' | 'partially_captured' | 'completed' | 'failed' | 'canceled';
export type PaymentOperationKind = 'authorize' | 'capture' | 'refund' | 'void';
export type PaymentOperationStatus = 'pending' | 'succeeded' | 'failed' | 'reversed';
export type PaymentProviderCaptureMethod = 'automatic' | 'manual' | 'manual_multiple';
export type PaymentStatus = 'canceled' | 'refunded' | 'partially_refunded' | 'captured' | 'partially_captured' | 'authorized';
export type ProviderEventOutcome = 'applied' | 'duplicate' | 'stale' | 'parked' | 'conflict' | 'dismissed';
export type ProviderEventStatus = 'pending' | 'requires_more' | 'error' | 'authorized' | 'canceled' | 'captured' | 'capture_failed' | 'refunded' | 'refund_failed' | 'voided' | 'disputed' | 'dispute_won' | 'dispute_lost';
export type RefundReason = 'discount' | 'return' | 'swap' | 'claim' | 'other';
export type SessionRelation = 'details' | 'cart' | 'cart.sales_channel' | 'cart.sales_channels' | 'payment' | 'payment_collection' | 'operations';

/** the anchor of a cart's payment sessions, and what the cart costs */
export interface Cart {
	/** the application's id of the cart */
	id: string;
	/** ISO 4217, lower case; its sessions follow it */
	currency_code: string | null;
	/** a JSON object: the customer's IP address, user agent and the like */
	context: JsonObject;
	/** a JSON object of the application's own */
	metadata: JsonObject;
	/** the sales channel that the cart belongs to */
	sales_channel_id: string | null;
	/** the lines, in minor units, before discounts and taxes */
	subtotal: number | null;
	/** the discounts, in minor units, not rounded */
	raw_discount_total: string | null;
	/** the taxes on the lines, in minor units; NULL: not computed */
	item_tax_total: number | null;
	/** the shipping, in minor units */
	shipping_total: number | null;
	/** the taxes on the shipping, in minor units; NULL: not computed */
	shipping_tax_total: number | null;
	/** what gift cards pay, in minor units */
	gift_card_total: number | null;
	/** the tax within what gift cards pay, in minor units */
	gift_card_tax_total: number | null;
	/** generated: raw_discount_total rounded, halves up */
	discount_total: number | null;
	/** generated: item_tax_total + shipping_tax_total */
	tax_total: number | null;
	/** generated: what is to be paid, in minor units; may be negative */
	total: number | null;
	/** how many sessions were ever made for it */
	session_count: number;
	/** when it became an order */
	completed_at: Date | null;
	/** when it was first seen */
	created_at: Date;
	/** when it was last changed */
	updated_at: Date;
}

/** the sales channels that are associated with a cart */
export interface CartSalesChannel {
	/** the cart */
	cart_id: string;
	/** the sales channel */
	sales_channel_id: string;
}

/** a payment operation, and whether the caller is the one to ask the provider */
export interface ClaimedOperation {
	/** op_ and a ULID */
	id: string;
	/** authorize, capture, refund, void */
	kind: PaymentOperationKind;
	/** the session that it is for */
	session_id: string | null;
	/** the payment that it is for; NULL: the session has none */
	payment_id: string | null;
	/** the payment provider */
	provider_id: string;
	/** in minor units; NULL only where a session's amount was not known */
	amount: number | null;
	/** pending, succeeded, failed, reversed */
	status: PaymentOperationStatus;
	/** the key to send to the provider with every call for this */
	provider_idempotency_key: string;
	/** how often a new key was needed, this one included */
	attempt: number;
	/** until when one caller is at it; past: outcome unknown; NULL: nobody, or finished */
	claimed_until: Date | null;
	/** the provider's own id of it */
	provider_ref: string | null;
	/** why: of a refund, a void, or a failure */
	reason: string | null;
	/** free text */
	note: string | null;
	/** a JSON object of the application's own */
	metadata: JsonObject;
	/** the caller's key: the same key is the same operation */
	idempotency_key: string | null;
	/** whether the capture releases the rest */
	final: boolean;
	/** what a final capture releases, in minor units */
	released_amount: number;
	/** when it was reserved */
	created_at: Date;
	/** when the provider's answer was recorded */
	finished_at: Date | null;
	/** whether the caller is the one to ask the provider */
	claimed: boolean;
}

/** a request that may come again, and how far it has come; written by functions */
export interface IdempotencyKey {
	/** ikey_ and a ULID */
	id: string;
	/** when the request first came */
	created_at: Date;
	/** since when somebody works on it; NULL: nobody does */
	locked_at: Date | null;
	/** until when nobody else may */
	locked_until: Date | null;
	/** what it was answered with; NULL: not yet */
	response_code: number | null;
	/** the client's key */
	idempotency_key: string;
	/** how far it has come: started, the application's own, finished */
	recovery_point: string;
	/** GET, POST and the like */
	request_method: string | null;
	/** what was asked for */
	request_path: string | null;
	/** with which parameters; another request under the key is refused */
	request_params: Json | null;
	/** what it was answered with */
	response_body: Json | null;
}

/** at most one row: the routes that this database owns; no row: it is the only one */
export interface OwnedRoutes {
	/** always "owned" */
	id: string;
	/** ranges from 0 to 32767; may be empty */
	routes: string;
}

/** an authorized payment session, promoted: money to capture and refund */
export interface Payment {
	/** pay_ and a ULID; made when missing */
	id: string;
	/** when it last changed */
	updated_at: Date;
	/** what has been captured, in minor units */
	captured_amount: number;
	/** what the provider has been asked to capture */
	capture_pending: number;
	/** what has been refunded */
	refunded_amount: number;
	/** what the provider has been asked to refund */
	refund_pending: number;
	/** what has been released without being captured */
	voided_amount: number;
	/** what the provider has been asked to release */
	void_pending: number;
	/** what was authorized: its session's amount */
	amount: number;
	/** when money was first captured */
	captured_at: Date | null;
	/** when the whole authorization was released */
	canceled_at: Date | null;
	/** when it was promoted */
	created_at: Date;
	/** until when the provider holds the money, as far as is known */
	authorization_expires_at: Date | null;
	/** the session that it was promoted from; NULL only for history */
	session_id: string | null;
	/** its session's cart */
	cart_id: string | null;
	/** its session's payment collection */
	payment_collection_id: string | null;
	/** the application's order; set once */
	order_id: string | null;
	/** its session's provider */
	provider_id: string;
	/** its session's currency */
	currency_code: string;
	/** a JSON object: what the provider needs */
	data: JsonObject;
	/** a JSON object of the application's own */
	metadata: JsonObject;
	/** generated: what has become of the money, from authorized to refunded or canceled */
	status: PaymentStatus;
	/** generated: what can still be captured or released */
	capturable_amount: number;
	/** generated: what can still be refunded */
	refundable_amount: number;
}

/** one amount that several payment sessions pay together */
export interface PaymentCollection {
	/** paycol_ and a ULID; made when missing */
	id: string;
	/** derived from its sessions and payments: from not_paid to completed, or canceled */
	status: PaymentCollectionStatus;
	/** when it last changed */
	updated_at: Date;
	/** derived: what its sessions have authorized, in minor units; at most amount */
	authorized_amount: number;
	/** derived: what its payments have captured; a refund does not lower it */
	captured_amount: number;
	/** what is to be paid, in minor units */
	amount: number;
	/** when it was made */
	created_at: Date;
	/** ISO 4217, lower case; that of all its sessions */
	currency_code: string;
	/** what it is for, in the application's words */
	type: string;
	/** who made it, in the application's words */
	created_by: string | null;
	/** free text */
	description: string | null;
	/** a JSON object of the application's own */
	metadata: JsonObject | null;
}

/** one thing asked of a payment provider, and its answer; written by functions only */
export interface PaymentOperation {
	/** op_ and a ULID */
	id: string;
	/** until when one caller is at it; past: outcome unknown; NULL: nobody, or finished */
	claimed_until: Date | null;
	/** when the provider's answer was recorded */
	finished_at: Date | null;
	/** when it was reserved */
	created_at: Date;
	/** in minor units; NULL only where a session's amount was not known */
	amount: number | null;
	/** what a final capture releases, in minor units */
	released_amount: number;
	/** how often a new key was needed, this one included */
	attempt: number;
	/** whether the capture releases the rest */
	final: boolean;
	/** pending, succeeded, failed, reversed */
	status: PaymentOperationStatus;
	/** authorize, capture, refund, void */
	kind: PaymentOperationKind;
	/** the session that it is for */
	session_id: string | null;
	/** the payment that it is for; NULL: the session has none */
	payment_id: string | null;
	/** the payment provider */
	provider_id: string;
	/** the key to send to the provider with every call for this */
	provider_idempotency_key: string;
	/** the provider's own id of it */
	provider_ref: string | null;
	/** why: of a refund, a void, or a failure */
	reason: string | null;
	/** free text */
	note: string | null;
	/** a JSON object of the application's own */
	metadata: JsonObject;
	/** the caller's key: the same key is the same operation */
	idempotency_key: string | null;
	/** the arguments that the caller's key came with */
	request: Json | null;
}

/** who is asked for the money */
export interface PaymentProvider {
	/** the name that the application gives the provider */
	id: string;
	/** whether new sessions may be made for it */
	is_installed: boolean;
	/** automatic: with the authorization; manual: one capture; manual_multiple: several */
	capture_method: PaymentProviderCaptureMethod;
	/** how long a new session can be authorized; NULL: for ever */
	session_ttl: string | null;
	/** how long the provider holds authorized money; NULL: unknown */
	authorization_ttl: string | null;
	/** when it was registered */
	created_at: Date;
	/** when it was last changed */
	updated_at: Date;
}

/** one attempt to pay with one payment provider */
export interface PaymentSession {
	/** ps_ and a ULID; made when missing */
	id: string;
	/** where it stands with the provider */
	status: PaymentSessionStatus;
	/** when it last changed */
	updated_at: Date;
	/** when the provider held the money */
	payment_authorized_at: Date | null;
	/** whether the customer pays with it; at most one of a cart */
	is_selected: boolean | null;
	/** whether communication with the provider has begun */
	is_initiated: boolean;
	/** in minor units; the cart's total while the cart has one */
	amount: number | null;
	/** when it was made */
	created_at: Date;
	/** from when on it cannot be authorized or, authorized, is not held; NULL: never */
	expires_at: Date | null;
	/** when it was canceled */
	canceled_at: Date | null;
	/** the cart that it pays */
	cart_id: string | null;
	/** the payment collection that it pays a part of */
	payment_collection_id: string | null;
	/** the payment provider */
	provider_id: string;
	/** ISO 4217, lower case; its collection's, or the cart's while it has one */
	currency_code: string | null;
	/** why it is error or canceled */
	status_reason: string | null;
	/** the provider's own id of the external session */
	provider_ref: string | null;
	/** the key to continue the completion of the cart after a failure */
	idempotency_key: string;
	/** a JSON object: what the provider needs; may be empty */
	data: JsonObject;
}

/** the append-only history of all payment sessions */
export interface PaymentSessionEvent {
	/** ascending within a session */
	id: number;
	/** the transaction that wrote the row into this database */
	txid: string;
	/** when it happened, never earlier than the session's event before */
	at: Date;
	/** the session's amount from then on, in minor units */
	amount: number | null;
	/** the status before; NULL: it was born */
	from_status: PaymentSessionStatus | null;
	/** the status from then on; NULL: it was deleted */
	to_status: PaymentSessionStatus | null;
	/** whether it was selected from then on */
	is_selected: boolean;
	/** the payment session */
	session_id: string;
	/** session_user */
	actor: string;
	/** current_user */
	role: string;
	/** application_name; NULL when it is empty */
	application: string | null;
	/** the session's status_reason when the status changed */
	reason: string | null;
}

/** the webhook inbox: each event once, and what came of it; written by functions */
export interface ProviderEvent {
	/** the payment provider that sent it */
	provider_id: string;
	/** the provider's own id of the event */
	event_id: string;
	/** when it first came */
	received_at: Date;
	/** when it happened, by the provider's clock; NULL: not said */
	occurred_at: Date | null;
	/** in minor units: of one operation, or without operation_ref a running total */
	amount: number | null;
	/** what it says of the session (authorized, …) or of money (captured, refunded, …) */
	status: ProviderEventStatus;
	/** what came of it: applied, duplicate, stale, parked, conflict or dismissed */
	outcome: ProviderEventOutcome;
	/** the payment session, as given or as found */
	session_id: string | null;
	/** the provider's own id of the external session */
	provider_ref: string | null;
	/** the provider's id of the capture, refund, void or dispute, or our operation's */
	operation_ref: string | null;
	/** why it was not applied, or what was done */
	detail: string | null;
	/** when somebody last resolved it by hand */
	resolved_at: Date | null;
	/** session_user of whoever resolved it by hand */
	resolved_by: string | null;
	/** what whoever resolved it had to say */
	note: string | null;
	/** what the provider sent, card numbers masked; left out when larger than 64 kB */
	payload: Json;
}

/** a row of ps_check */
export interface CheckRow {
	rule: number;
	object: string;
	detail: string;
}

/** a row of ps_events */
export interface EventsRow {
	cursor: string;
	/** ascending within a session */
	id: number;
	/** the transaction that wrote the row into this database */
	txid: string;
	/** when it happened, never earlier than the session's event before */
	at: Date;
	/** the session's amount from then on, in minor units */
	amount: number | null;
	/** the status before; NULL: it was born */
	from_status: PaymentSessionStatus | null;
	/** the status from then on; NULL: it was deleted */
	to_status: PaymentSessionStatus | null;
	/** whether it was selected from then on */
	is_selected: boolean;
	/** the payment session */
	session_id: string;
	/** session_user */
	actor: string;
	/** current_user */
	role: string;
	/** application_name; NULL when it is empty */
	application: string | null;
	/** the session's status_reason when the status changed */
	reason: string | null;
}

/** a row of ps_transitions */
export interface TransitionsRow {
	from_status: PaymentSessionStatus | null;
	to_status: PaymentSessionStatus;
	verb: string;
	reason: string;
}

/** where a store sells */
export interface SalesChannel {
	/** the application's id of the channel */
	id: string;
	/** its name */
	name: string;
	/** what it is for */
	description: string | null;
	/** whether it is switched off */
	is_disabled: boolean;
	/** a JSON object of the application's own */
	metadata: JsonObject | null;
	/** when it was registered */
	created_at: Date;
	/** when it was last changed */
	updated_at: Date;
}

/** The rules that a statement can be refused for, as an error's constraint field has them. */
export const constraints = [
	'cart_completed',
	'cart_currency_code',
	'cart_pkey',
	'cart_sales_channel_cart_id_fkey',
	'cart_sales_channel_id_fkey',
	'cart_sales_channel_pkey',
	'cart_sales_channel_sales_channel_id_fkey',
	'cart_times',
	'cart_total_authorized',
	'idempotency_key_finished',
	'idempotency_key_idempotency_key_key',
	'idempotency_key_locked',
	'idempotency_key_pkey',
	'idempotency_key_times',
	'owned_routes_id',
	'owned_routes_pkey',
	'owned_routes_routes',
	'payment_amount',
	'payment_captured_within_amount',
	'payment_cart_id_fkey',
	'payment_collection_amount',
	'payment_collection_canceled',
	'payment_collection_currency_code',
	'payment_collection_immutable',
	'payment_collection_money',
	'payment_collection_pkey',
	'payment_collection_status',
	'payment_collection_times',
	'payment_currency_code',
	'payment_immutable',
	'payment_operation_amount',
	'payment_operation_finished',
	'payment_operation_finished_at',
	'payment_operation_idempotency_key_key',
	'payment_operation_kind',
	'payment_operation_payment_id_fkey',
	'payment_operation_pkey',
	'payment_operation_provider_id_fkey',
	'payment_operation_provider_ref_key',
	'payment_operation_session_id_fkey',
	'payment_operation_status',
	'payment_operation_times',
	'payment_payment_collection_id_fkey',
	'payment_pkey',
	'payment_provider_authorization_ttl',
	'payment_provider_capture_method',
	'payment_provider_id_fkey',
	'payment_provider_installed',
	'payment_provider_pkey',
	'payment_provider_session_ttl',
	'payment_refunded_within_captured',
	'payment_session_amount',
	'payment_session_anchor',
	'payment_session_authorized',
	'payment_session_cart_id_fkey',
	'payment_session_cart_id_provider_id_key',
	'payment_session_currency_code',
	'payment_session_delete',
	'payment_session_event_pkey',
	'payment_session_expired',
	'payment_session_id_fkey',
	'payment_session_id_key',
	'payment_session_immutable',
	'payment_session_initial_status',
	'payment_session_no_pan',
	'payment_session_payment',
	'payment_session_payment_collection_id_fkey',
	'payment_session_pkey',
	'payment_session_provider_id_fkey',
	'payment_session_provider_ref_key',
	'payment_session_selected',
	'payment_session_selected_key',
	'payment_session_state',
	'payment_session_times',
	'payment_session_transition',
	'payment_times',
	'provider_event_amount',
	'provider_event_outcome',
	'provider_event_pkey',
	'provider_event_provider_id_fkey',
	'provider_event_status',
	'provider_event_times',
	'sales_channel_pkey',
] as const;
