"""What the clients of a round know together: the ids that are worth asking for.

Carts, payments and so on are few and recent ones, so that the clients meet.
"""
import itertools
import threading


class Recent:
    """The last ids of a kind, each with a row as it was last seen."""

    def __init__(self, size):
        self.size = size
        self.rows = {}
        self.lock = threading.Lock()

    def add(self, key, row):
        with self.lock:
            self.rows[key] = row
            while len(self.rows) > self.size:
                del self.rows[next(iter(self.rows))]

    def forget(self, key):
        with self.lock:
            self.rows.pop(key, None)

    def list(self):
        with self.lock:
            return list(self.rows.items())


class World:
    def __init__(self, tag, carts=5):
        self.tag = tag
        self.numbers = itertools.count(1)
        self.moments = itertools.count()
        self.deliveries = itertools.count()
        self.carts = [self.new_id('cart') for _ in range(carts)]
        self.known = {
            'payment_session': Recent(20),
            'payment': Recent(6),
            'payment_operation': Recent(16),
            'payment_collection': Recent(2),
            'provider_event': Recent(12),
            'idempotency_key': Recent(6),
        }

    def new_id(self, prefix):
        return f'{prefix}_{self.tag}_{next(self.numbers)}'

    def learn(self, table, row):
        """Notes a row that a client has been shown."""
        if table not in self.known or row.get('id', row.get('event_id')) is None:
            return
        if table == 'provider_event':
            key = (row['provider_id'], row['event_id'])
        else:
            key = row['idempotency_key'] if table == 'idempotency_key' else row['id']
        # What has ended is asked for less often.
        if row.get('status') == 'canceled' and next(self.numbers) % 4:
            self.known[table].forget(key)
        else:
            self.known[table].add(key, row)

    def forget(self, key):
        """Notes that there is no such row."""
        for recent in self.known.values():
            recent.forget(key)


class Chooser:
    """Chooses for one client, by its own random numbers; of one cart only, where that is given."""

    PROVIDERS = ('card', 'wallet', 'wallet', 'bank', 'brief', 'spare')
    AMOUNTS = (100, 100, 200, 300)
    PARTS = (5, 10, 10, 20, 50)

    def __init__(self, world, rng, cart=None):
        self.world = world
        self.rng = rng
        self.only_cart = cart

    def maybe(self, choose, chance=0.5):
        return choose() if self.rng.random() < chance else None

    def one(self, *values):
        return self.rng.choice(values)

    def pick(self, values):
        """One of them, which often is the one that other clients pick at the same time."""
        if self.rng.random() < 0.4:
            return values[self.moment(10) % len(values)]
        return self.rng.choice(values)

    def moment(self, length):
        """A number that so many callers, whoever they are, get one after the other."""
        return next(self.world.moments) // length

    def known(self, table, wanted=lambda row: True):
        """A row, with its key, as it was last seen; an empty one where none is known."""
        rows = [(key, row) for key, row in self.world.known[table].list() if wanted(row)]
        return self.pick(rows) if rows else (None, {})

    def cart(self):
        """One of a few, which now and then give way to new ones: a completed cart takes nothing any more."""
        if self.only_cart:
            return self.only_cart
        cart = self.pick(self.world.carts)
        if self.rng.random() < 1 / 50:
            self.world.carts[self.world.carts.index(cart)] = self.world.new_id('cart')
        return cart

    def cart_in_use(self):
        return self.known('payment_session', lambda row: row['cart_id'])[1].get('cart_id', self.cart())

    def bare_cart(self):
        """One that never has a session."""
        return f'bare_{self.world.tag}_{self.rng.randrange(3)}'

    def provider(self):
        return self.rng.choice(self.PROVIDERS)

    def session(self, *statuses):
        """One that was mostly, when it was last seen, in one of these."""
        if self.rng.random() < 0.3:
            statuses = ()
        return self.known('payment_session', lambda row: self.only_cart in (None, row['cart_id'])
                          and (not statuses or row['status'] in statuses))[0] or 'ps_unknown'

    def open_session(self):
        return self.session('pending', 'requires_more', 'error')

    def session_id(self):
        """An id of our own, which a webhook names before, after or while it is made."""
        return f'ps_{self.world.tag}_{self.moment(40)}'

    def payment(self):
        return self.known('payment')[0] or 'pay_unknown'

    def operation(self):
        return self.known('payment_operation')[0] or 'op_unknown'

    def collection(self):
        return self.known('payment_collection')[0] or 'paycol_unknown'

    def event(self, *outcomes):
        known = self.known('provider_event', lambda row: not outcomes or row['outcome'] in outcomes)
        return known[0] or ('card', 'evt_unknown')

    def request(self):
        return self.known('idempotency_key')[0] or 'key_unknown'

    def order(self):
        return self.world.new_id('order')

    def known_order(self):
        return self.known('payment', lambda row: row['order_id'])[1].get('order_id', 'order_unknown')

    def any_order(self):
        return self.one(self.order(), self.known_order())

    def ref(self):
        """A reference of a provider's, which comes again soon."""
        return f'ref_{self.world.tag}_{self.moment(8) - self.rng.randrange(3)}'

    def key(self):
        return f'k{self.rng.randrange(6)}'

    def amount(self):
        return self.rng.choice(self.AMOUNTS)

    def part(self):
        return self.rng.choice(self.PARTS)

    def currency(self):
        return 'usd' if self.rng.random() < 0.03 else 'eur'

    def lease(self):
        return self.one('1 minute', '20 ms', '1 ms')

    def data(self):
        return {'n': self.rng.randrange(1000)}
