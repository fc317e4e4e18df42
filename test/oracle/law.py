"""The law once more, in other words than those of src/ and of ps_check().

judge_step() is about one version of a row and the one before it, in the midst
of a transaction; judge_rest() is about what hangs together when a transaction
has ended.  Both return what is wrong.
"""
import math
from datetime import datetime

MOVES = {
    'pending': {'requires_more', 'authorized', 'error', 'canceled'},
    'requires_more': {'pending', 'authorized', 'error', 'canceled'},
    'error': {'pending', 'requires_more', 'authorized', 'canceled'},
    'authorized': {'canceled'},
    'canceled': set(),
}
ANSWERS = {
    'pending': {'succeeded', 'failed', 'reversed'},
    'succeeded': {'reversed'},
    'failed': {'reversed'},             # it was reported to have succeeded before
    'reversed': {'succeeded'},          # only what a running total has booked
}
FIXED = {
    'payment_session': 'id created_at cart_id payment_collection_id provider_id',
    'payment': 'id created_at session_id cart_id payment_collection_id provider_id currency_code amount',
    'payment_operation': 'id created_at kind session_id payment_id provider_id idempotency_key request final',
    'payment_collection': 'id created_at currency_code',
    'provider_event': 'provider_id event_id received_at occurred_at status amount provider_ref operation_ref payload',
    'idempotency_key': 'id created_at idempotency_key request_method request_path request_params',
    'cart': 'id created_at',
}
FROZEN = 'amount currency_code provider_ref idempotency_key'


def time(value):
    return datetime.fromisoformat(value)


def differing(old, new, columns):
    return [column for column in columns.split() if old[column] != new[column]]


def judge_step(shadow, table, old, new, logged):
    """What is wrong with a row's becoming new, or its removal, in a logged transaction; shadow is as it was before."""
    wrong = []
    if old and new:
        wrong += [f'{column} changed' for column in differing(old, new, FIXED.get(table, ''))
                  if not (table == 'payment_operation' and column == 'final' and is_total(old))]
    judge = STEPS.get(table)
    if judge:
        wrong += judge(shadow, old, new, logged)
    return wrong


def step_session(shadow, old, new, logged):
    wrong = []
    if new is None:
        has_events = shadow.where('payment_session_event', 'session_id', old['id'])
        if old['payment_authorized_at'] or shadow.where('payment_operation', 'session_id', old['id']):
            wrong.append('removed, though authorized once, or with operations')
        if not has_events and old['status'] not in ('canceled', 'error'):
            wrong.append('purged before its end')
        return wrong

    was = old or dict(new, status='pending', is_selected=False)
    if old is None and (new['status'] != 'pending' or new['payment_authorized_at'] or new['canceled_at']):
        wrong.append('born other than pending')
    if new['status'] != was['status'] and new['status'] not in MOVES[was['status']]:
        wrong.append(f"moved from {was['status']} to {new['status']}")
    if was['payment_authorized_at']:
        wrong += [f'{column} changed after its authorization' for column in differing(was, new, FROZEN)]
    for status, column in (('authorized', 'payment_authorized_at'), ('canceled', 'canceled_at')):
        moves = new['status'] == status and was['status'] != status
        if old and old[column] != new[column] and not moves:
            wrong.append(f'{column} changed without a move')
        if moves and (old[column] or not new[column]):
            wrong.append(f'moved to {status} without {column}')
    if (new['status'] == 'authorized' and was['status'] != 'authorized' and old['expires_at']
            and old['expires_at'] == new['expires_at'] and time(old['expires_at']) <= time(new['updated_at'])):
        wrong.append('authorized when it had expired')
    # Who selects, and who completes by plain SQL, need not wait for each other.
    if shadow.completed.get(new['cart_id'], math.inf) < logged.client.began and \
            (old is None or (new['is_selected'] and not old['is_selected'])):
        wrong.append('made or selected for a completed cart')
    return wrong


def step_cart(shadow, old, new, logged):
    if old is None or new is None:
        sessions = shadow.where('payment_session', 'cart_id', (old or new)['id'])
        return ['made or removed with sessions'] if sessions else []
    wrong = []
    if differing(old, new, 'total currency_code'):
        if old['completed_at']:
            wrong.append('total or currency changed after its completion')
        if any(session['status'] == 'authorized' for session in shadow.where('payment_session', 'cart_id', new['id'])):
            wrong.append('total or currency changed under an authorized session')
    if old['completed_at'] not in (None, new['completed_at']):
        wrong.append('completed_at changed')
    return wrong


def step_payment(shadow, old, new, logged):
    if new is None:
        return ['removed']
    if old is None:
        session = shadow.get('payment_session', new['session_id'])
        wrong = [f'{column} is not its session\'s' for column in
                 differing(session, new, 'cart_id payment_collection_id provider_id currency_code amount')]
        if session['status'] != 'authorized':
            wrong.append('made of a session that is not authorized')
        operations = shadow.where('payment_operation', 'session_id', session['id'])
        if any(is_open(operation, 'void') for operation in operations):
            wrong.append('made of a session whose money is being released')
        return wrong
    return [f'{column} changed once it was set' for column in ('order_id', 'captured_at', 'canceled_at')
            if old[column] not in (None, new[column])]


def is_open(operation, kind):
    return operation['kind'] == kind and operation['status'] == 'pending'


def is_total(operation):
    return operation['metadata'] == {'source': 'running total'}


def step_operation(shadow, old, new, logged):
    if new is None:
        return ['purged while pending'] if old['status'] == 'pending' else []
    if old is None:
        return []
    wrong = []
    if new['status'] != old['status'] and (new['status'] not in ANSWERS[old['status']]
                                           or (old['status'] == 'reversed' and not is_total(old))):
        wrong.append(f"went from {old['status']} to {new['status']}")
    if new['amount'] != old['amount'] and not is_total(old):
        is_repriced = old['kind'] == 'authorize' and old['claimed_until'] is None and \
            new['attempt'] == old['attempt'] + 1 and \
            new['provider_idempotency_key'] != old['provider_idempotency_key']
        is_less = old['amount'] is None or new['amount'] < old['amount']
        if not is_repriced and not (is_less and (old['status'], new['status']) == ('pending', 'succeeded')):
            wrong.append('amount changed')
    if old['claimed_until'] and new['claimed_until'] not in (None, old['claimed_until']) and \
            min(time(old['claimed_until']), time(new['claimed_until'])) > logged.at:
        wrong.append('claimed while somebody was at it')
    return wrong


def step_event(shadow, old, new, logged):
    return ['an event of the history changed'] if old and new else []


def step_collection(shadow, old, new, logged):
    if new is None:
        sessions = shadow.where('payment_session', 'payment_collection_id', old['id'])
        return ['removed with sessions'] if sessions else []
    if old and old['status'] == 'canceled' and differing(old, new, 'status amount'):
        return ['changed after its cancellation']
    return []


def step_inbox(shadow, old, new, logged):
    if old is None:
        return []
    if new is None:
        return ['purged unsettled'] if old['outcome'] in ('parked', 'conflict') else []
    if old['outcome'] not in ('parked', 'conflict', new['outcome']):
        return [f"went from {old['outcome']} to {new['outcome']}"]
    return []


def step_key(shadow, old, new, logged):
    if old is None or new is None:
        return []
    if old['recovery_point'] == 'finished' and differing(old, new, 'recovery_point response_code response_body'):
        return ['changed after it was finished']
    is_taken = new['locked_until'] not in (None, old['locked_until'])
    if is_taken and old['locked_until'] and time(old['locked_until']) > logged.at:
        return ['taken while somebody held it']
    return []


STEPS = {
    'payment_session': step_session,
    'cart': step_cart,
    'payment': step_payment,
    'payment_operation': step_operation,
    'payment_session_event': step_event,
    'payment_collection': step_collection,
    'provider_event': step_inbox,
    'idempotency_key': step_key,
}


def judge_rest(shadow, touched):
    """What is wrong with the carts, sessions, payments and collections that a transaction has touched."""
    carts, sessions, payments, collections = set(), set(), set(), set()
    for table, row in touched:
        carts.add(row['id'] if table == 'cart' else row.get('cart_id'))
        sessions.add(row['id'] if table == 'payment_session' else row.get('session_id'))
        payments.add(row['id'] if table == 'payment' else row.get('payment_id'))
        collections.add(row['id'] if table == 'payment_collection' else row.get('payment_collection_id'))
    for table, ids, judge in (('cart', carts, rest_cart),
                              ('payment_session', sessions, rest_session),
                              ('payment', payments, rest_payment),
                              ('payment_collection', collections, rest_collection)):
        for id in ids - {None}:
            row = shadow.get(table, id)
            if row:
                yield from (f'{table} {id}: {wrong}' for wrong in judge(shadow, row))


def rest_cart(shadow, cart):
    live = shadow.live_sessions('cart_id', cart['id'])
    providers = [session['provider_id'] for session in live]
    if sum(bool(session['is_selected']) for session in live) > 1:
        yield 'two sessions are selected'
    if len(set(providers)) < len(providers):
        yield 'two live sessions of one provider'
    for session in live:
        total = cart['total']
        if total is not None and session['amount'] != (total if total > 0 else None):
            yield f"session {session['id']} has amount {session['amount']} instead of {total}"
        if cart['currency_code'] not in (None, session['currency_code']):
            yield f"session {session['id']} has another currency"


def rest_session(shadow, session):
    status = session['status']
    operations = shadow.where('payment_operation', 'session_id', session['id'])
    payments = shadow.where('payment', 'session_id', session['id'])
    if status == 'authorized':
        if session['amount'] is None or session['currency_code'] is None or session['canceled_at']:
            yield 'authorized without what that needs'
        if session['cart_id'] and not session['is_selected']:
            yield 'authorized and not selected'
    elif status == 'canceled':
        if session['is_selected']:
            yield 'canceled and selected'
        is_known = session['is_initiated'] or session['payment_authorized_at']
        if is_known and not payments and not any(operation['kind'] == 'void' for operation in operations):
            yield 'canceled without a void'
    elif session['payment_authorized_at'] or session['canceled_at']:
        yield 'has the times of another status'
    asked = sum(is_open(operation, 'authorize') for operation in operations)
    if asked > (status in ('pending', 'requires_more')):
        yield f'{asked} authorizations are pending'
    for payment in payments:
        if (status == 'canceled') != (payment['canceled_at'] is not None):
            yield 'canceled without its payment, or that without it'
    if len(payments) > 1:
        yield 'two payments'


def rest_payment(shadow, payment):
    sums = dict.fromkeys(('captured_amount', 'capture_pending', 'refunded_amount', 'refund_pending',
                          'voided_amount', 'void_pending'), 0)
    names = {'capture': ('captured_amount', 'capture_pending'), 'refund': ('refunded_amount', 'refund_pending'),
             'void': ('voided_amount', 'void_pending')}
    for operation in shadow.where('payment_operation', 'payment_id', payment['id']):
        done, pending = names[operation['kind']]
        status = operation['status']
        if status in ('succeeded', 'pending'):
            sums[done if status == 'succeeded' else pending] += operation['amount']
        if status != 'failed':
            sums['void_pending' if status == 'pending' else 'voided_amount'] += operation['released_amount']
        if operation['amount'] <= 0:
            yield f"operation {operation['id']} of nothing"
    for name, value in sums.items():
        if payment[name] != value:
            yield f'{name} is {payment[name]}, its operations sum to {value}'
        if value < 0:
            yield f'{name} is negative'
    captured, capturing, refunded, refunding, voided, voiding = sums.values()
    if captured + capturing + voided + voiding > payment['amount']:
        yield 'more is captured and released than there is'
    if refunded + refunding > captured:
        yield 'more is refunded than was captured'
    if (payment['canceled_at'] is not None) != (voided == payment['amount']):
        yield 'canceled, but not all is released, or the other way round'
    status = ('canceled' if payment['canceled_at'] else
              'refunded' if 0 < refunded == captured else 'partially_refunded' if refunded else
              'captured' if captured and captured + voided == payment['amount'] else
              'partially_captured' if captured else 'authorized')
    if payment['status'] != status:
        yield f"status is {payment['status']} instead of {status}"


def rest_collection(shadow, collection):
    sessions = shadow.where('payment_session', 'payment_collection_id', collection['id'])
    statuses = {session['status'] for session in sessions}
    authorized = sum(session['amount'] for session in sessions if session['status'] == 'authorized')
    captured = sum(payment['captured_amount']
                   for payment in shadow.where('payment', 'payment_collection_id', collection['id']))
    amount = collection['amount']
    status = ('canceled' if collection['status'] == 'canceled' else
              'completed' if captured >= amount else 'partially_captured' if captured else
              'authorized' if authorized >= amount else 'partially_authorized' if authorized else
              'failed' if 'error' in statuses and not statuses & {'pending', 'requires_more'} else
              'awaiting' if statuses - {'canceled'} else 'not_paid')
    stored = collection['status'], collection['authorized_amount'], collection['captured_amount']
    if stored != (status, authorized, captured):
        yield f'is {stored} instead of {(status, authorized, captured)}'
    if authorized > amount:
        yield 'more is authorized than it amounts to'
    if collection['status'] == 'canceled' and statuses - {'canceled'}:
        yield 'canceled with a session that is not'
    if any(session['currency_code'] != collection['currency_code'] for session in sessions):
        yield 'a session has another currency'


def judge_inbox(shadow):
    """What of the inbox still waits for a session that is there."""
    sessions = shadow.rows['payment_session'].values()
    known = {session['id'] for session in sessions}
    known |= {(session['provider_id'], session['provider_ref']) for session in sessions if session['provider_ref']}
    for event in shadow.rows['provider_event'].values():
        is_waiting = event['outcome'] == 'parked' and event['detail'] == 'there is no such session yet'
        if is_waiting and {event['session_id'], (event['provider_id'], event['provider_ref'])} & known:
            yield f'provider_event {event} waits for what is there'
