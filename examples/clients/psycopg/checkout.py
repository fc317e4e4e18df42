"""One checkout with psycopg 3:  python3 checkout.py CART ORDER

The server is that of PGHOST, PGUSER, PGDATABASE and so on.
"""
import random
import sys
import time
from decimal import Decimal
from enum import Enum

from psycopg import Error, IsolationLevel
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.rows import namedtuple_row
from psycopg.types.enum import EnumInfo, register_enum
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool


class Status(Enum):
    authorized = "authorized"
    pending = "pending"
    requires_more = "requires_more"
    error = "error"
    canceled = "canceled"


class Provider:
    """What the provider's library does.  With the same key it acts once, however often it is asked."""

    def authorize(self, amount, key):
        return "auth_" + key, {"card": {"brand": "visa", "last4": "4242"}}

    def capture(self, amount, key):
        return "capture_" + key

    def refund(self, amount, key):
        return "refund_" + key


def configure(conn):
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    conn.row_factory = namedtuple_row
    register_enum(EnumInfo.fetch(conn, "paysession.payment_session_status"), conn, Status)


def transaction(work, attempts=5):
    """Runs work in a transaction, all of it anew when somebody else was in the way.

    So work does nothing but talk to the database.
    """
    for attempt in range(1, attempts + 1):
        try:
            with pool.connection() as conn, conn.transaction():
                return work(conn)
        except (SerializationFailure, DeadlockDetected) as error:
            if attempt == attempts:
                raise
            print(f"{error.sqlstate} at attempt {attempt}", file=sys.stderr)
        time.sleep(random.uniform(0, 0.02 * 2**attempt))


def settle(reserve, call, finish):
    """Reserve, call, finish: reserve tells whether it is this worker that calls the
    provider, finish records what it says.
    """
    operation = transaction(lambda conn: conn.execute(*reserve).fetchone())
    if operation.status != "pending":
        return  # done before
    if not operation.claimed:
        raise RuntimeError(f"somebody else is at operation {operation.id}")
    try:
        answer = call(operation.amount, operation.provider_idempotency_key)
    except Exception:
        # It may have happened: whoever is next asks again, with the same key.
        transaction(lambda conn: conn.execute("SELECT FROM paysession.ps_finish(%s, 'unknown')", [operation.id]))
        raise
    transaction(lambda conn: finish(conn, operation, answer))


def succeeded(conn, operation, ref):
    conn.execute("SELECT FROM paysession.ps_finish(%s, 'succeeded', provider_ref => %s)", [operation.id, ref])


def money(amount):
    return f"{Decimal(amount).scaleb(-2):.2f}"


def checkout(cart_id, order_id):
    provider = Provider()

    def begin(conn):
        cart = conn.execute("SELECT * FROM paysession.ps_put_cart(%s)", [Jsonb(
            {"id": cart_id, "currency_code": "eur", "subtotal": 4500, "shipping_total": 999, "raw_discount_total": 100.25}
        )]).fetchone()
        sessions = {s.provider_id: s for s in conn.execute(
            "SELECT * FROM paysession.ps_set_sessions(%s, %s)", [cart_id, ["stripe", "klarna"]])}
        conn.execute("SELECT FROM paysession.ps_select(%s)", [sessions["stripe"].id])
        return cart, sessions

    cart, sessions = transaction(begin)
    print(f"cart: {money(cart.total)} {cart.currency_code}, discount {cart.raw_discount_total}")
    print(f"sessions: {', '.join(sorted(sessions))}")
    session_id = sessions["stripe"].id

    def authorize(conn, operation, answer):
        ref, data = answer
        conn.execute("SELECT FROM paysession.ps_authorize(%s, amount => %s, data => %s, provider_ref => %s)",
                     [session_id, operation.amount, Jsonb(data), ref])

    settle(("SELECT * FROM paysession.ps_begin(%s)", [session_id]), provider.authorize, authorize)

    def order(conn):
        # your own INSERT of the order goes here
        payment = conn.execute("SELECT * FROM paysession.ps_promote(%s, order_id => %s)", [session_id, order_id]).fetchone()
        session = conn.execute("SELECT * FROM paysession.ps_list(cart_id => %s, status => %s)",
                               [cart_id, Status.authorized]).fetchone()
        return payment, session

    payment, session = transaction(order)
    card, held = session.data["card"], payment.authorization_expires_at - session.payment_authorized_at
    print(f"{session.status.value}: {money(session.amount)}, {card['brand']} {card['last4']}, for {held.days} days")

    settle(("SELECT * FROM paysession.ps_capture(%s, %s, final => true, lease => '1 minute', idempotency_key => %s)",
            [payment.id, 4500, f"{order_id} shipped"]), provider.capture, succeeded)
    settle(("SELECT * FROM paysession.ps_refund(%s, %s, 'return', lease => '1 minute', idempotency_key => %s)",
            [payment.id, 1000, f"{order_id} return 1"]), provider.refund, succeeded)
    paid = transaction(lambda conn: conn.execute("SELECT * FROM paysession.payment WHERE id = %s", [payment.id]).fetchone())
    print(f"{paid.status}: {money(paid.captured_amount)} captured, {money(paid.voided_amount)} released, "
          f"{money(paid.refunded_amount)} refunded, {'not ' if paid.canceled_at is None else ''}canceled")

    # What the law refuses: branch on SQLSTATE and constraint; texts are for people.
    for call in (
        ("SELECT FROM paysession.ps_fail(%s, reason => %s)", [session_id, "card_declined"]),
        ("SELECT FROM paysession.ps_refund(%s, %s, 'return', idempotency_key => %s)", [payment.id, 3501, f"{order_id} return 2"]),
    ):
        try:
            transaction(lambda conn: conn.execute(*call))
        except Error as error:
            if not error.diag.constraint_name:
                raise
            print(f"refused: {error.sqlstate} {error.diag.constraint_name}: "
                  f"{error.diag.message_hint or error.diag.message_detail}")


with ConnectionPool(kwargs={"application_name": "checkout"}, min_size=1, configure=configure) as pool:
    try:
        checkout(*sys.argv[1:])
    except Error as error:
        sys.exit(str(error))
