"""Plain SQL on the tables, as a table like that of the functions.

`many` says that a statement locks several rows, in whatever order it finds
them: it may meet a deadlock, and whoever meets it may be the victim.  `never`
is what no client may do, whatever it is.
"""
from dataclasses import dataclass
from typing import Callable

from psycopg2.extras import Json

STATUSES = ('pending', 'requires_more', 'authorized', 'authorized', 'error', 'canceled')


@dataclass
class Statement:
    name: str
    weight: float
    shows: str
    text: Callable                  # returns SQL and its values
    refused: str = ''
    many: bool = False
    never: bool = False

    def statement(self, choose):
        sql, values = self.text(choose)
        return sql, values, {}

    @property
    def joins_collection(self):
        return 'collection' in self.name

    def keeps(self, arguments, rows):
        return not self.never or not rows

    def run(self, cursor, text):
        cursor.execute(text)
        return ([row for row, in cursor.fetchall()] if cursor.description else []), None

    def has_worked(self, cursor, rows):
        return cursor.rowcount > 0


@dataclass
class Copy(Statement):
    """COPY, whose rows follow its text."""

    def run(self, cursor, text):
        head, _, rows = text.partition('\n')
        cursor.copy_expert(head, Lines(rows))
        return [], None


class Lines:
    def __init__(self, text):
        self.rest = text.encode()

    def read(self, size):
        part, self.rest = self.rest[:size], self.rest[size:]
        return part


SESSION = 'RETURNING to_jsonb(payment_session)'
INSERT = ('payment_provider_installed payment_session_amount payment_session_currency_code cart_completed '
          'payment_session_cart_id_provider_id_key payment_session_selected_key ')
MOVE = ('payment_session_transition payment_session_expired payment_session_amount payment_session_currency_code '
        'payment_session_selected payment_session_selected_key payment_session_payment payment_collection_amount '
        'cart_completed ')


def session_values(choose):
    return (choose.cart(), choose.provider(), choose.maybe(choose.amount), choose.maybe(choose.currency),
            Json(choose.data()))


def two_sessions(choose):
    """Cart and provider of two sessions, mostly of a new cart, which has none yet."""
    cart = choose.one(choose.world.new_id('cart'), choose.world.new_id('cart'), choose.cart())
    return [(cart, provider) for provider in choose.rng.sample(('card', 'wallet', 'bank', 'spare'), 2)]


def insert_two(choose):
    return (f'INSERT INTO paysession.payment_session (cart_id, provider_id) VALUES (%s, %s), (%s, %s) {SESSION}',
            sum(two_sessions(choose), ()))


def copy_two(choose):
    return 'COPY paysession.payment_session (cart_id, provider_id) FROM STDIN' + \
        ''.join(f'\n{cart}\t{provider}' for cart, provider in two_sessions(choose)), []


def merge_sessions(choose):
    rows = [(choose.cart(), choose.provider(), Json(choose.data())) for _ in range(2)]
    return ('MERGE INTO paysession.payment_session AS s USING (VALUES (%s, %s, %s::jsonb), (%s, %s, %s::jsonb)) '
            'AS n (cart_id, provider_id, data) '
            'ON s.cart_id = n.cart_id AND s.provider_id = n.provider_id AND s.canceled_at IS NULL '
            "WHEN MATCHED AND s.status = 'error' THEN DELETE "
            'WHEN MATCHED THEN UPDATE SET data = n.data '
            'WHEN NOT MATCHED THEN INSERT (cart_id, provider_id, data) VALUES (n.cart_id, n.provider_id, n.data)'
            ), [value for row in rows for value in row]


def one_session(columns, *values):
    """An UPDATE of one session; values are functions of the chooser."""
    return lambda choose: (f'UPDATE paysession.payment_session SET {columns} WHERE id = %s {SESSION}',
                           [value(choose) for value in values] + [choose.open_session()])


STATEMENTS = [
    # sessions, one at a time
    Statement('INSERT a session', 4, 'payment_session',
              lambda c: ('INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code, data) '
                         f'VALUES (%s, %s, %s, %s, %s) {SESSION}', session_values(c)), INSERT),
    Statement('INSERT a session for nothing', 0.5, 'payment_session',
              lambda c: ('INSERT INTO paysession.payment_session (provider_id, amount, currency_code) '
                         f"VALUES (%s, %s, 'eur') {SESSION}", (c.provider(), c.amount())),
              'payment_provider_installed'),
    Statement('INSERT a session of a collection', 1, 'payment_session',
              lambda c: ('INSERT INTO paysession.payment_session (payment_collection_id, provider_id, amount) '
                         f'VALUES (%s, %s, %s) {SESSION}', (c.collection(), c.provider(), c.part())),
              'payment_provider_installed payment_session_payment_collection_id_fkey payment_collection_canceled'),
    Statement('UPDATE status', 5, 'payment_session', one_session('status = %s', lambda c: c.one(*STATUSES)), MOVE),
    Statement('UPDATE selection', 3, 'payment_session', one_session('is_selected = %s', lambda c: c.rng.random() < 0.7),
              'payment_session_selected payment_session_selected_key cart_completed'),
    Statement('UPDATE data', 2, 'payment_session', one_session('data = %s', lambda c: Json(c.data()))),
    Statement('UPDATE amount', 1, 'payment_session', one_session('amount = %s', lambda c: c.amount()),
              'payment_session_amount payment_session_immutable'),
    Statement('UPDATE provider_ref', 1, 'payment_session', one_session('provider_ref = %s', lambda c: c.ref()),
              'payment_session_immutable payment_session_provider_ref_key'),
    Statement('UPDATE expires_at', 1, 'payment_session',
              one_session('expires_at = %s', lambda c: c.one('now', 'tomorrow', None))),
    Statement('UPDATE cart_id to NULL', 0.5, 'payment_session', one_session('cart_id = NULL')),
    Statement('UPDATE cart_id', 0.5, 'payment_session', one_session('cart_id = %s', lambda c: c.world.new_id('other')),
              'payment_session_immutable', never=True),
    Statement('UPDATE payment_authorized_at', 0.5, 'payment_session',
              one_session("payment_authorized_at = 'yesterday'"), 'payment_session_immutable', never=True),
    Statement('DELETE a session', 1, 'payment_session',
              lambda c: (f'DELETE FROM paysession.payment_session WHERE id = %s {SESSION}', [c.session()]),
              'payment_session_delete'),
    Statement('ON CONFLICT DO NOTHING', 1, 'payment_session',
              lambda c: ('INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code, data) '
                         f'VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING {SESSION}', session_values(c)), INSERT),
    Statement('ON CONFLICT DO UPDATE', 2, 'payment_session',
              lambda c: ('INSERT INTO paysession.payment_session (cart_id, provider_id, amount, currency_code, data) '
                         'VALUES (%s, %s, %s, %s, %s) ON CONFLICT (cart_id, provider_id) WHERE canceled_at IS NULL '
                         f"DO UPDATE SET data = excluded.data || '{{\"again\": true}}' {SESSION}", session_values(c)),
              INSERT),

    # sessions, several at once
    Statement('INSERT several', 4, 'payment_session', insert_two, INSERT, many=True),
    Copy('COPY sessions', 3, '', copy_two, INSERT, many=True),
    Statement('MERGE sessions', 4, '', merge_sessions, INSERT + 'payment_session_delete 21000', many=True),
    Statement('UPDATE status of several', 4, 'payment_session',
              lambda c: ("UPDATE paysession.payment_session SET status = %s WHERE cart_id IN (%s, %s) "
                         f"AND status NOT IN ('authorized', 'canceled') {SESSION}",
                         (c.one(*STATUSES), c.cart(), c.cart())), MOVE, many=True),
    Statement('UPDATE selection of several', 2, 'payment_session',
              lambda c: (f'UPDATE paysession.payment_session SET is_selected = (id = %s) WHERE cart_id = %s {SESSION}',
                         (c.session(), c.cart())),
              'payment_session_selected payment_session_selected_key cart_completed', many=True),
    Statement('UPDATE data of several', 1, 'payment_session',
              lambda c: (f'UPDATE paysession.payment_session SET data = %s WHERE id IN (%s, %s, %s) {SESSION}',
                         (Json(c.data()), c.session(), c.session(), c.session())), many=True),
    Statement('DELETE several', 2, 'payment_session',
              lambda c: ('DELETE FROM paysession.payment_session '
                         f'WHERE cart_id IN (%s, %s) AND NOT is_initiated {SESSION}', (c.cart(), c.cart())),
              'payment_session_delete', many=True),
    Statement('WITH', 3, 'payment_session',
              lambda c: ('WITH gone AS '
                         '(UPDATE paysession.payment_session SET status = %s WHERE id = %s RETURNING cart_id), '
                         'new AS (INSERT INTO paysession.payment_session (cart_id, provider_id) '
                         'SELECT cart_id, %s FROM gone WHERE cart_id IS NOT NULL RETURNING *) '
                         'SELECT to_jsonb(new) FROM new', (c.one('error', 'canceled'), c.session(), c.provider())),
              MOVE + INSERT, many=True),

    # carts
    Statement('INSERT a cart', 1, 'cart',
              lambda c: ('INSERT INTO paysession.cart (id, currency_code, subtotal, shipping_total, gift_card_total, '
                         "gift_card_tax_total, raw_discount_total) VALUES (%s, 'eur', %s, 0, 0, 0, 0) "
                         'ON CONFLICT (id) DO UPDATE SET subtotal = excluded.subtotal RETURNING to_jsonb(cart)',
                         (c.one(c.cart(), c.cart(), c.bare_cart()), c.amount())),
              'cart_total_authorized cart_completed'),
    Statement('UPDATE a cart', 3, 'cart',
              lambda c: ('UPDATE paysession.cart SET subtotal = %s WHERE id = %s RETURNING to_jsonb(cart)',
                         (c.amount(), c.cart())), 'cart_total_authorized cart_completed'),
    Statement('UPDATE several carts', 2, 'cart',
              lambda c: ('UPDATE paysession.cart SET subtotal = %s WHERE id IN (%s, %s) RETURNING to_jsonb(cart)',
                         (c.amount(), c.cart(), c.cart())),
              'cart_total_authorized cart_completed', many=True),
    Statement('UPDATE completed_at', 0.3, 'cart',
              lambda c: ('UPDATE paysession.cart SET completed_at = now() WHERE id = %s RETURNING to_jsonb(cart)',
                         [c.cart()]), 'cart_completed'),
    Statement('DELETE a cart', 1, 'cart',
              lambda c: ('DELETE FROM paysession.cart WHERE id = %s RETURNING to_jsonb(cart)',
                         [c.one(c.cart(), c.bare_cart())]),
              'payment_session_cart_id_fkey payment_cart_id_fkey cart_sales_channel_cart_id_fkey'),
    Statement('INSERT a channel of a cart', 0.5, 'cart_sales_channel',
              lambda c: ('INSERT INTO paysession.cart_sales_channel VALUES (%s, %s) ON CONFLICT DO NOTHING '
                         'RETURNING to_jsonb(cart_sales_channel)', (c.cart(), c.one('web', 'shop'))),
              'cart_sales_channel_cart_id_fkey'),

    # money
    Statement('INSERT a payment', 2, 'payment',
              lambda c: ('INSERT INTO paysession.payment (session_id, order_id) VALUES (%s, %s) '
                         'RETURNING to_jsonb(payment)', (c.session('authorized'), c.maybe(c.order))),
              'payment_session_authorized payment_session_id_key payment_session_id_fkey'),
    Statement('UPDATE a payment', 2, 'payment',
              lambda c: ('UPDATE paysession.payment SET metadata = %s, order_id = coalesce(order_id, %s) WHERE id = %s '
                         'RETURNING to_jsonb(payment)', (Json(c.data()), c.order(), c.payment()))),
    Statement('UPDATE several payments', 1, 'payment',
              lambda c: ('UPDATE paysession.payment SET metadata = %s WHERE id IN (%s, %s) RETURNING to_jsonb(payment)',
                         (Json(c.data()), c.payment(), c.payment())), many=True),
    Statement('UPDATE totals of a payment', 0.5, 'payment',
              lambda c: ('UPDATE paysession.payment SET captured_amount = captured_amount + 1 WHERE id = %s '
                         'RETURNING to_jsonb(payment)', [c.payment()]), '23001', never=True),
    Statement('DELETE a payment', 0.5, 'payment',
              lambda c: ('DELETE FROM paysession.payment WHERE id = %s RETURNING to_jsonb(payment)', [c.payment()]),
              '23001', never=True),
    Statement('UPDATE an operation', 0.5, 'payment_operation',
              lambda c: ("UPDATE paysession.payment_operation SET status = 'succeeded' WHERE id = %s "
                         'RETURNING to_jsonb(payment_operation)', [c.operation()]), '23001', never=True),
    Statement('INSERT an operation', 0.5, 'payment_operation',
              lambda c: ('INSERT INTO paysession.payment_operation (id, kind, payment_id, provider_id, amount, '
                         "provider_idempotency_key) VALUES (%s, 'refund', %s, 'card', 10, 'key') "
                         'RETURNING to_jsonb(payment_operation)', (c.world.new_id('op'), c.payment())),
              '23001', never=True),

    # collections
    Statement('INSERT a collection', 0.5, 'payment_collection',
              lambda c: ("INSERT INTO paysession.payment_collection (amount, currency_code) VALUES (%s, 'eur') "
                         'RETURNING to_jsonb(payment_collection)', [c.one(100, 200, 400)])),
    Statement('UPDATE a collection', 1, 'payment_collection',
              lambda c: ('UPDATE paysession.payment_collection SET amount = %s WHERE id = %s '
                         'RETURNING to_jsonb(payment_collection)', (c.one(100, 200, 400), c.collection())),
              'payment_collection_amount payment_collection_canceled'),
    Statement('DELETE a collection', 0.8, 'payment_collection',
              lambda c: ('DELETE FROM paysession.payment_collection WHERE id = %s '
                         'RETURNING to_jsonb(payment_collection)', [c.collection()]),
              'payment_collection_money payment_session_payment_collection_id_fkey payment_payment_collection_id_fkey'),
    Statement('UPDATE status of a collection', 0.3, 'payment_collection',
              lambda c: ('UPDATE paysession.payment_collection SET status = '
                         "CASE status WHEN 'completed' THEN 'awaiting' ELSE 'completed' END WHERE id = %s "
                         'RETURNING to_jsonb(payment_collection)', [c.collection()]),
              '23001', never=True),

    # what is written by functions only, and what by nobody
    Statement('INSERT an event', 0.3, 'payment_session_event',
              lambda c: ('INSERT INTO paysession.payment_session_event '
                         "(txid, at, is_selected, session_id, actor, role) VALUES ('1', now(), false, %s, 'me', 'me') "
                         'RETURNING to_jsonb(payment_session_event)',
                         [c.session()]), '23001', never=True),
    Statement('DELETE events', 0.3, 'payment_session_event',
              lambda c: ('DELETE FROM paysession.payment_session_event WHERE session_id = %s '
                         'RETURNING to_jsonb(payment_session_event)', [c.session()]), '23001', never=True),
    Statement('UPDATE a webhook event', 0.3, 'provider_event',
              lambda c: ("UPDATE paysession.provider_event SET outcome = 'applied' "
                         'WHERE (provider_id, event_id) = (%s, %s) RETURNING to_jsonb(provider_event)', c.event()),
              '23001', never=True),
    Statement('DELETE an idempotency key', 0.3, 'idempotency_key',
              lambda c: ('DELETE FROM paysession.idempotency_key WHERE idempotency_key = %s '
                         'RETURNING to_jsonb(idempotency_key)', [c.request()]), '23001', never=True),
]
