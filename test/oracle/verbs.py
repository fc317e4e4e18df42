"""The functions, as a table: how they are called, what may refuse them, what they promise.

A refusal is a constraint where the error names one, else a SQLSTATE; those
that any statement may meet are in client.py.  The promise is about each row
that comes back, which must also be one that the log has, and `together` about
all of them; `leaves` is about what there is when the call has committed.
"""
from dataclasses import dataclass
from typing import Callable

from psycopg2.extras import Json

from world import Chooser

TXID = 'pg_catalog.pg_current_xact_id_if_assigned()::text'


@dataclass
class Verb:
    name: str
    weight: float
    shows: str                      # the table that its rows are of, or ''
    arguments: Callable
    refused: str = ''
    promise: Callable = lambda arguments, row: True
    group: str = 'checkout'
    together: Callable = lambda arguments, rows: True
    leaves: Callable = lambda arguments, shadow: True
    never = False

    @property
    def joins_collection(self):
        return self.group == 'collection' or self.name == 'ps_refresh'

    def keeps(self, arguments, rows):
        return all(self.promise(arguments, row) for row in rows) and self.together(arguments, rows)

    def statement(self, choose):
        given = {name: value for name, value in self.arguments(choose).items() if value is not None}
        call = ', '.join(f'{name} => %s' for name in given)
        values = [Json(value) if isinstance(value, (dict, Documents)) else value for value in given.values()]
        return (f"SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]'), {TXID} "
                f"FROM paysession.{self.name}({call}) AS r"), values, given

    def run(self, cursor, text):
        """Returns the rows that come back, and the transaction that wrote, if one did."""
        cursor.execute(text)
        return cursor.fetchone()

    def has_worked(self, cursor, rows):
        return bool(rows) or self.name == 'ps_check'


class Documents(list):
    """A list that is sent as JSON."""


def put_cart(choose):
    cart = {'id': choose.cart()}
    if choose.rng.random() < 0.8:
        cart['currency_code'] = choose.currency()
    kind = choose.rng.random()
    if kind < 0.6:
        cart['subtotal'] = choose.amount()
    elif kind < 0.7:
        cart['items'] = [{'unit_price': choose.part(), 'quantity': 2, 'tax_rates': [10]}]
    elif kind < 0.73:
        cart['subtotal'] = None
    elif kind < 0.76:
        cart['subtotal'] = 0
    cart['context'] = choose.data()
    if choose.rng.random() < 0.1:
        cart['sales_channel_id'] = choose.one('web', 'shop', None)
        cart['sales_channels'] = choose.one(['web'], ['web', 'shop'], [])
    return {'cart': cart}


def set_collection_sessions(choose):
    collection, row = choose.known('payment_collection')
    total = row.get('amount', 100)
    first = choose.one(total, total // 2, total // 4)
    parts = [part for part in (first, total - first) if part > 0]
    sessions = Documents({'provider_id': choose.provider(), 'amount': part} for part in parts)
    if choose.rng.random() < 0.3:
        session = choose.known('payment_session', lambda row: row['payment_collection_id'] == collection)[0]
        sessions[0]['session_id'] = session or choose.session()
    if choose.rng.random() < 0.1:
        sessions.append({'provider_id': choose.provider(), 'amount': 10})
    return {'collection_id': collection or 'paycol_unknown', 'sessions': sessions}


MONEY = ('captured', 'captured', 'captured', 'capture_failed', 'refunded', 'refunded', 'refund_failed', 'voided',
         'disputed', 'dispute_won', 'dispute_lost')


def receive(choose):
    """An event that comes twice, each time with another story, of which the first counts."""
    number = next(choose.world.deliveries) // 2
    provider = choose.PROVIDERS[number % len(choose.PROVIDERS)]
    is_money = choose.rng.random() < 0.6
    session = choose.known('payment' if is_money else 'payment_session', lambda row: row['provider_id'] == provider)[1]
    return {
        'provider_id': provider,
        'event_id': f'evt_{choose.world.tag}_{number}',
        'status': choose.one(*MONEY) if is_money else
        choose.one('pending', 'requires_more', 'error', 'authorized', 'authorized', 'canceled'),
        'session_id': session.get('session_id' if is_money else 'id') if choose.rng.random() < 0.6 else
        choose.maybe(choose.session_id, 0.8),
        'provider_ref': choose.maybe(choose.ref, 0.2),
        'operation_ref': choose.maybe(lambda: choose.one(choose.ref(), choose.operation()), 0.4) if is_money else None,
        'amount': choose.maybe(choose.part if is_money else choose.amount),
        'payload': choose.data(),
        'occurred_at': choose.one('now', 'yesterday', None),
    }


def resolve(choose):
    provider, event = choose.event('parked', 'conflict')
    return {'provider_id': provider, 'event_id': event, 'apply': choose.rng.random() < 0.5, 'note': 'looked at'}


AUTHORIZE = ('P0002 payment_session_transition payment_session_expired payment_session_amount '
             'payment_session_currency_code payment_session_selected cart_completed payment_collection_amount ')
CAPTURED = 'P0002 payment_captured_within_amount payment_operation_provider_ref_key 22023'
REFUNDED = 'P0002 payment_refunded_within_captured payment_operation_provider_ref_key 22023'
COMPLETE = 'P0002 22023 payment_session_authorized payment_immutable'
COLLECTION = 'P0002 payment_collection_canceled payment_collection_amount payment_collection_money'


VERBS = [
    # set-up
    Verb('ps_put_provider', 0.5, 'payment_provider',
         lambda c: {'id': 'spare', 'is_installed': c.rng.random() < 0.8,
                    'capture_method': c.one('automatic', 'manual', 'manual_multiple'),
                    'session_ttl': c.one('1 hour', None)},
         promise=lambda a, r: r['is_installed'] == a['is_installed'] and r['capture_method'] == a['capture_method'],
         group='set-up'),
    Verb('ps_put_sales_channel', 0.2, 'sales_channel',
         lambda c: {'id': 'shop', 'name': c.one('Shop', 'The shop'), 'metadata': c.data()},
         promise=lambda a, r: r['name'] == a['name'] and r['metadata'] == a['metadata'], group='set-up'),

    # checkout
    Verb('ps_put_cart', 6, 'cart', put_cart, 'cart_total_authorized cart_completed',
         lambda a, r: r['id'] == a['cart']['id'] and r['context'] == a['cart']['context']
         and r['subtotal'] == a['cart'].get('subtotal', r['subtotal'])),
    Verb('ps_create', 8, 'payment_session',
         lambda c: {'cart_id': c.cart(), 'provider_id': c.provider(), 'amount': c.maybe(c.amount, 0.3),
                    'currency_code': c.maybe(c.currency, 0.4), 'data': c.data(), 'id': c.maybe(c.session_id, 0.4)},
         'payment_provider_installed payment_session_amount payment_session_currency_code cart_completed '
         'payment_session_cart_id_provider_id_key payment_session_pkey',
         lambda a, r: (r['cart_id'], r['provider_id']) == (a['cart_id'], a['provider_id'])
         and r['status'] != 'canceled' and r['amount'] == a.get('amount', r['amount'])),
    Verb('ps_set_sessions', 4, 'payment_session',
         lambda c: {'cart_id': c.cart(),
                    'provider_ids': c.one(['card'], ['wallet', 'bank'], ['card', 'wallet', 'brief'], None)},
         'payment_provider_installed cart_completed',
         lambda a, r: r['cart_id'] == a['cart_id'] and r['status'] != 'canceled'
         and (r['provider_id'] in a.get('provider_ids', [r['provider_id']]) or r['status'] == 'authorized'),
         together=lambda a, rows: len({r['provider_id'] for r in rows}) == len(rows),
         leaves=lambda a, shadow: all(
             session['status'] == 'authorized' or session['provider_id'] in a.get('provider_ids', Chooser.PROVIDERS)
             for session in shadow.live_sessions('cart_id', a['cart_id']))),
    Verb('ps_select', 8, 'payment_session', lambda c: {'session_id': c.open_session()},
         'P0002 payment_session_selected cart_completed', lambda a, r: r['is_selected'],
         leaves=lambda a, shadow: shadow.get('payment_session', a['session_id'])['is_selected']),
    Verb('ps_unselect', 1, 'payment_session', lambda c: {'session_id': c.session()},
         'P0002 payment_session_selected', lambda a, r: not r['is_selected']),
    Verb('ps_update', 4, 'payment_session',
         lambda c: {'session_id': c.session(), 'amount': c.maybe(c.amount, 0.2), 'data': c.data(),
                    'provider_ref': c.maybe(c.ref, 0.2)},
         'P0002 payment_session_amount payment_session_immutable payment_session_provider_ref_key',
         lambda a, r: all(r[name] == a[name] for name in a if name != 'session_id')),
    Verb('ps_require_more', 3, 'payment_session',
         lambda c: {'session_id': c.open_session(), 'data': c.data(), 'provider_ref': c.maybe(c.ref, 0.3)},
         'P0002 payment_session_transition payment_session_provider_ref_key payment_session_immutable',
         lambda a, r: r['status'] == 'requires_more' and r['is_initiated'] and r['data'] == a['data']),
    Verb('ps_authorize', 9, 'payment_session',
         lambda c: {'session_id': c.open_session(), 'amount': c.maybe(c.amount, 0.3),
                    'provider_ref': c.maybe(c.ref, 0.1)},
         AUTHORIZE + 'payment_session_immutable payment_session_provider_ref_key',
         lambda a, r: r['status'] == 'authorized' and (r['is_selected'] or r['cart_id'] is None)
         and r['amount'] == a.get('amount', r['amount'])),
    Verb('ps_fail', 3, 'payment_session', lambda c: {'session_id': c.open_session(), 'reason': 'declined'},
         'P0002 payment_session_transition', lambda a, r: r['status'] == 'error'),
    Verb('ps_retry', 2, 'payment_session', lambda c: {'session_id': c.session('error', 'requires_more')},
         'P0002 payment_session_transition', lambda a, r: r['status'] == 'pending'),
    Verb('ps_cancel', 3, 'payment_session', lambda c: {'session_id': c.open_session(), 'reason': 'given up'},
         'P0002 payment_session_payment', lambda a, r: r['status'] == 'canceled' and not r['is_selected']),
    Verb('ps_refresh', 2, 'payment_session', lambda c: {'session_id': c.session()},
         'P0002 payment_session_delete payment_session_cart_id_provider_id_key payment_provider_installed '
         'cart_completed payment_collection_canceled payment_collection_amount payment_session_amount '
         'payment_session_currency_code',
         lambda a, r: r['status'] == 'pending' and r['id'] != a['session_id']),
    Verb('ps_delete', 1.5, 'payment_session', lambda c: {'session_id': c.session()},
         'P0002 payment_session_delete', lambda a, r: r['id'] == a['session_id']),
    Verb('ps_complete_cart', 3, 'payment',
         lambda c: {'cart_id': c.cart(), 'order_id': c.maybe(c.order)}, COMPLETE,
         lambda a, r: r['id'] is None or r['cart_id'] == a['cart_id']),

    # money
    Verb('ps_begin', 8, 'payment_operation', lambda c: {'session_id': c.open_session(), 'lease': c.lease()}, AUTHORIZE,
         lambda a, r: r['kind'] == 'authorize' and r['session_id'] == a['session_id']
         and (not r['claimed'] or (r['status'] == 'pending' and r['claimed_until'] is not None))),
    Verb('ps_promote', 4, 'payment',
         lambda c: {'session_id': c.session('authorized'), 'order_id': c.maybe(c.any_order, 0.3)},
         'P0002 payment_session_authorized payment_immutable', lambda a, r: r['session_id'] == a['session_id']),
    Verb('ps_update_payment', 3, 'payment',
         lambda c: {'payment_id': c.payment(), 'order_id': c.maybe(c.any_order, 0.3), 'metadata': c.data(),
                    'authorization_expires_at': c.maybe(lambda: c.one('tomorrow', 'now'), 0.1)},
         'P0002 payment_immutable',
         lambda a, r: r['metadata'] == a['metadata'] and r['order_id'] == a.get('order_id', r['order_id']), 'money'),
    Verb('ps_capture', 7, 'payment_operation',
         lambda c: {'payment_id': c.payment(), 'amount': c.maybe(c.part, 0.8), 'final': c.one(True, False, False, None),
                    'lease': c.maybe(c.lease), 'idempotency_key': c.maybe(c.key, 0.3),
                    'provider_ref': c.maybe(c.ref, 0.1)},
         CAPTURED, lambda a, r: (r['kind'], r['payment_id']) == ('capture', a['payment_id'])
         and (not r['claimed'] or r['status'] == 'pending'), 'money'),
    Verb('ps_refund', 6, 'payment_operation',
         lambda c: {'payment_id': c.payment(), 'amount': c.maybe(c.part, 0.9), 'reason': c.one('return', 'other'),
                    'lease': c.maybe(c.lease), 'idempotency_key': c.maybe(c.key, 0.3),
                    'provider_ref': c.maybe(c.ref, 0.1)},
         REFUNDED, lambda a, r: (r['kind'], r['payment_id']) == ('refund', a['payment_id'])
         and (not r['claimed'] or r['status'] == 'pending'), 'money'),
    Verb('ps_refund_order', 2, 'payment_operation',
         lambda c: {'order_id': c.known_order(), 'amount': c.part(), 'idempotency_key': c.maybe(c.key, 0.3)},
         REFUNDED, lambda a, r: r['kind'] == 'refund', 'money',
         lambda a, rows: sum(r['amount'] for r in rows) == a['amount']),
    Verb('ps_void', 2, 'payment_operation',
         lambda c: {'payment_id': c.payment(), 'lease': c.maybe(c.lease), 'idempotency_key': c.maybe(c.key, 0.2)},
         CAPTURED, lambda a, r: (r['kind'], r['payment_id']) == ('void', a['payment_id']), 'money'),
    Verb('ps_claim', 4, 'payment_operation', lambda c: {'operation_id': c.operation(), 'lease': c.lease()}, 'P0002',
         lambda a, r: r['id'] == a['operation_id'] and (not r['claimed'] or r['claimed_until'] is not None), 'money'),
    Verb('ps_finish', 8, 'payment_operation',
         lambda c: {'operation_id': c.operation(),
                    'outcome': c.one('succeeded', 'succeeded', 'failed', 'unknown', 'reversed'),
                    'amount': c.maybe(c.part, 0.1), 'provider_ref': c.maybe(c.ref, 0.2)},
         'P0002 22023 payment_operation_finished payment_captured_within_amount payment_refunded_within_captured '
         'payment_operation_provider_ref_key',
         lambda a, r: r['status'] == {'unknown': 'pending'}.get(a['outcome'], a['outcome']), 'money'),

    # collection
    Verb('ps_create_collection', 1.5, 'payment_collection',
         lambda c: {'amount': c.one(100, 200, 400), 'currency_code': 'eur', 'metadata': c.data()},
         promise=lambda a, r: r['status'] == 'not_paid' and r['amount'] == a['amount'], group='collection'),
    Verb('ps_set_collection_sessions', 6, 'payment_session', set_collection_sessions,
         COLLECTION + ' payment_provider_installed payment_session_immutable',
         lambda a, r: r['payment_collection_id'] == a['collection_id'] and r['status'] != 'canceled', 'collection',
         leaves=lambda a, shadow: shadow.get('payment_collection', a['collection_id'])['amount'] == sum(
             session['amount'] for session in shadow.live_sessions('payment_collection_id', a['collection_id']))),
    Verb('ps_update_collection', 1, 'payment_collection',
         lambda c: {'collection_id': c.collection(), 'amount': c.maybe(lambda: c.one(100, 200, 400)),
                    'metadata': c.data()},
         COLLECTION, lambda a, r: r['metadata'] == a['metadata'] and r['amount'] == a.get('amount', r['amount']),
         'collection'),
    Verb('ps_cancel_collection', 0.4, 'payment_collection', lambda c: {'collection_id': c.collection()},
         COLLECTION, lambda a, r: r['status'] == 'canceled', 'collection'),
    Verb('ps_delete_collection', 0.4, 'payment_collection', lambda c: {'collection_id': c.collection()},
         COLLECTION, lambda a, r: r['id'] == a['collection_id'], 'collection'),

    # webhook
    Verb('ps_receive', 16, 'provider_event', receive, '',
         lambda a, r: r['event_id'] == a['event_id'] and r['outcome'] != 'dismissed', 'webhook'),
    Verb('ps_resolve', 2, 'provider_event', resolve,
         'P0002 provider_event_outcome', lambda a, r: r['event_id'] == a['event_id'], 'webhook'),

    # idempotency
    Verb('ps_idempotency_begin', 2, 'idempotency_key',
         lambda c: {'key': c.maybe(c.request, 0.7) or c.world.new_id('key'), 'method': 'POST',
                    'path': c.one('/complete', '/complete', '/complete', '/other'), 'params': {}, 'lease': c.lease()},
         '22023 55P03', lambda a, r: r['idempotency_key'] == a['key'], 'idempotency'),
    Verb('ps_idempotency_advance', 2, 'idempotency_key',
         lambda c: {'key': c.request(), 'recovery_point': c.one('authorized', 'ordered')},
         'P0002 idempotency_key_finished', lambda a, r: r['recovery_point'] == a['recovery_point'], 'idempotency'),
    Verb('ps_idempotency_finish', 0.7, 'idempotency_key',
         lambda c: {'key': c.request(), 'code': c.one(200, 402), 'body': {'paid': True}},
         'P0002 idempotency_key_finished', lambda a, r: r['response_code'] == a['code'], 'idempotency'),

    # worker
    Verb('ps_expire', 1.5, 'payment_session', lambda c: {'max_rows': c.one(1, 3, 1000)},
         promise=lambda a, r: r['status'] in ('canceled', 'authorized'), group='worker'),
    Verb('ps_stuck', 1.5, 'payment_operation', lambda c: {'older_than': c.one('0', '10 ms'), 'max_rows': 5},
         promise=lambda a, r: r['status'] == 'pending', group='read'),
    Verb('ps_purge', 0.5, '',
         lambda c: {'before': c.one('now', 'yesterday', 'yesterday'), 'max_rows': c.one(1, 5, 1000)},
         promise=lambda a, r: 0 <= r <= a['max_rows'], group='worker'),

    # read
    Verb('ps_get', 1, '',
         lambda c: {'session_id': c.session(),
                    'expand': ['details', 'cart', 'payment', 'operations', 'payment_collection']},
         'P0002', lambda a, r: r['id'] == a['session_id'], 'read'),
    Verb('ps_list', 1, 'payment_session', lambda c: {'cart_id': c.cart(), 'max_rows': 5},
         promise=lambda a, r: r['cart_id'] == a['cart_id'], group='read'),
    Verb('ps_history', 1, 'payment_session_event', lambda c: {'session_id': c.session()}, 'P0002',
         lambda a, r: r['session_id'] == a['session_id'], 'read'),
    Verb('ps_get_collection', 0.5, '', lambda c: {'collection_id': c.collection(), 'expand': ['sessions', 'payments']},
         'P0002', lambda a, r: r['id'] == a['collection_id'], 'read'),
    Verb('ps_events', 0.3, '', lambda c: {'max_rows': 5}, promise=lambda a, r: r['cursor'] is not None, group='read'),
    Verb('ps_check', 0.1, '', lambda c: {}, together=lambda a, rows: not rows, group='read'),
    Verb('ps_owned_routes', 0.3, '', lambda c: {}, promise=lambda a, r: r is None, group='read'),
    Verb('ps_transitions', 0.3, '', lambda c: {}, promise=lambda a, r: r['to_status'] is not None, group='read'),
    Verb('ps_new_id', 0.3, '', lambda c: {'prefix': 'ps', 'near': c.cart()},
         promise=lambda a, r: r.startswith('ps_'), group='read'),
    Verb('ps_id_time', 0.3, '', lambda c: {'id': 'ps_01ARZ3NDEKTSV4RRFFQ69G5FAV'},
         promise=lambda a, r: r.startswith('2016'), group='read'),
    Verb('ps_route', 0.3, '', lambda c: {'id': 'cart_1'}, promise=lambda a, r: r == 11246, group='read'),
]
