"""A customer of a shop of several shards, who goes through checkouts until SIGTERM.

    python3 customer.py NAME WHERE [ERROR...]

WHERE is how to connect to a router, or a file of lines FIRST LAST CONNECTION:
where the slots FIRST to LAST are now.  Each step is a call of its own, made
again while it is refused with 40001, 40P01 or one of the ERRORs, and what it
was told is printed when it was told.
"""
import hashlib
import random
import signal
import sys
import time

import psycopg2

DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
name, where, *errors = sys.argv[1:]
has_router = '=' in where
connections = {}
finished = []
stopped = False


def stop(*_):
    global stopped
    stopped = True


def new_id(prefix, route):
    """An id of our shape: characters 11 to 13 of the ULID are its route."""
    number = int(time.time() * 1000) << 80 | route << 65 | random.getrandbits(65)
    return f'{prefix}_' + ''.join(DIGITS[number >> 5 * place & 31] for place in range(25, -1, -1))


def slot_of_key(key):
    digest = hashlib.sha256(key.encode()).digest()
    return digest[0] << 2 | digest[1] >> 6


def find_shard(slot):
    with open(where) as lines:
        for line in lines:
            first, last, shard = line.rstrip('\n').split(' ', 2)
            if int(first) <= slot <= int(last):
                return shard
    raise LookupError(f'slot {slot} is nowhere')


def connection(slot):
    to = where if has_router else find_shard(slot)
    if to not in connections:
        connections[to] = psycopg2.connect(to)
        connections[to].autocommit = True
    return connections[to]


def call(slot, statement, *arguments):
    """The row that a call returns in the end."""
    while True:
        try:
            cursor = connection(slot).cursor()
            cursor.execute(statement, arguments)
            return cursor.fetchone()
        except psycopg2.Error as error:
            if error.pgcode not in ['40001', '40P01', *errors]:
                raise
            time.sleep(0.002)


def told(what, slot, statement, *arguments):
    time.sleep(0.01)    # leaves something to the other tests
    facts = call(slot, statement, *arguments)
    print(what, *facts, sep='|', flush=True)
    return facts


def check_out(number):
    route = random.getrandbits(15)
    slot = route >> 5
    cart, session = new_id('cart', route), new_id('ps', route)
    it = f'{name}_{number}'

    told('event', slot, "SELECT id, status FROM paysession.ps_create(%s, 'card', 100, id => %s, currency_code => 'eur')",
         cart, session)
    told('operation', slot, 'SELECT id, kind FROM paysession.ps_begin(%s)', session)
    told('event', slot, "SELECT id, status FROM paysession.ps_fail(%s, 'declined')", session)
    told('event', slot, 'SELECT id, status FROM paysession.ps_retry(%s)', session)
    told('provider_event', slot, "SELECT event_id, outcome FROM paysession.ps_receive('card', %s, 'authorized', %s, %s, amount => 100)",
         f'evt_{it}', session, f'pi_{it}')
    payment, _ = told('payment', slot, 'SELECT id, session_id FROM paysession.ps_complete_cart(%s, order_id => %s)',
                      cart, f'order_{it}')
    told('operation', slot, "SELECT id, kind FROM paysession.ps_capture(%s, 60, idempotency_key => 'parcel')", payment)
    # what has no route only a router finds, wherever it is
    told('provider_event', slot, "SELECT event_id, outcome FROM paysession.ps_receive('card', %s, 'refunded', %s, %s, %s, 10)",
         f'evt_back_{it}', None if has_router else session, f'pi_{it}', f're_{it}')
    if has_router:
        told('operation', slot, "SELECT id, kind FROM paysession.ps_refund_order(%s, 5, idempotency_key => 'return')", f'order_{it}')
    else:
        told('operation', slot, "SELECT id, kind FROM paysession.ps_refund(%s, 5, idempotency_key => 'return')", payment)
    told('key', slot_of_key(it), 'SELECT idempotency_key, recovery_point'
         " FROM paysession.ps_idempotency_begin(%s, 'POST', '/', '{}', '1 ms')", it)
    print('finished', session, cart, sep='|', flush=True)
    finished.append((slot, session, cart))


def look_back():
    """What was told is there, once, wherever it is now."""
    slot, session, cart = random.choice(finished)
    status, = call(slot, "SELECT paysession.ps_get(%s) ->> 'status'", session)
    count, = call(slot, 'SELECT count(*) FROM paysession.ps_list(%s)', cart)
    if (status, count) != ('authorized', 1):
        sys.exit(f'{session} is {status}, {count} of {cart}')


signal.signal(signal.SIGTERM, stop)
while not stopped:
    check_out(len(finished))
    look_back()
