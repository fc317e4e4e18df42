-- The authorized carts become orders.  A client that is not sure calls again.
SELECT count(p.*) || ' carts completed'
FROM paysession.payment_session s, paysession.ps_complete_cart(s.cart_id, order_id => replace(s.cart_id, 'cart', 'order')) AS p
WHERE s.status = 'authorized';

SELECT count(p.*) || ' completed again: ' || (SELECT count(*) FROM paysession.payment) || ' payments'
FROM paysession.payment_session s, paysession.ps_complete_cart(idempotency_key => s.idempotency_key) AS p
WHERE s.status = 'authorized';

SELECT count(*) || ' captured with the authorization (ideal)'
FROM paysession.payment WHERE status = 'captured';

-- What becomes of the orders that are not paid yet.
CREATE TABLE demo.order AS
	SELECT p.id AS payment_id, p.amount,
		('{shipped,"sold out in part","canceled by the customer","shipped in two parcels","one parcel is yet to come"}'::text[])
			[1 + CASE p.provider_id WHEN 'stripe' THEN i % 5 ELSE i % 3 END] AS story
	FROM (SELECT *, (row_number() OVER (PARTITION BY provider_id ORDER BY cart_id))::int AS i FROM paysession.payment) AS p
	WHERE p.status = 'authorized';

-- Reserve, call, finish: the lease makes it this worker's to call the provider.
CREATE TABLE demo.claimed AS
	SELECT c.id
	FROM demo.order o, paysession.ps_capture(o.payment_id, lease => '30 seconds') AS c
	WHERE o.story = 'shipped' AND c.claimed;
SELECT count(*) || ' captured whole: reserved, called for, finished'
FROM demo.claimed c, paysession.ps_finish(c.id, 'succeeded');

-- Or the application tells afterwards.
SELECT count(*) || ' captured in part, the rest released'
FROM demo.order o, paysession.ps_capture(o.payment_id, o.amount * 3 / 4, final => true)
WHERE o.story = 'sold out in part';

SELECT count(*) || ' captures of a first parcel'
FROM demo.order o, paysession.ps_capture(o.payment_id, o.amount / 2)
WHERE o.story IN ('shipped in two parcels', 'one parcel is yet to come');
SELECT count(*) || ' of a second'
FROM demo.order o, paysession.ps_capture(o.payment_id)
WHERE o.story = 'shipped in two parcels';

SELECT count(*) || ' voided'
FROM demo.order o, paysession.ps_void(o.payment_id, reason => 'order canceled')
WHERE o.story = 'canceled by the customer';

-- What customers who changed their mind left with the provider that they left.
SELECT count(*) || ' sessions canceled with their provider, too'
FROM paysession.payment_operation o, paysession.ps_finish(o.id, 'succeeded')
WHERE o.kind = 'void' AND o.status = 'pending';

-- Of what was captured, every third order returns something, every ninth all.
SELECT count(*) || ' refunded'
FROM (SELECT *, row_number() OVER (ORDER BY order_id) AS i FROM paysession.order_payment_status WHERE captured_amount > 0) AS o,
	paysession.ps_refund_order(o.order_id,
		CASE WHEN i % 9 = 0 THEN o.refundable_amount ELSE o.refundable_amount / 4 END, reason => 'return')
WHERE i % 3 = 0;

-- Two clerks pay back what they are asked for on the phone.
SELECT count(*) || ' refunded by hand'
FROM (SELECT *, row_number() OVER (ORDER BY order_id) AS i FROM paysession.payment
	  WHERE provider_id = 'paypal' AND status = 'captured') AS p,
	paysession.ps_refund(p.id, 700, 'claim', metadata => jsonb_build_object('by', ('{anna,ben}'::text[])[1 + i % 2]))
WHERE i <= 5;

-- A worker dies between the provider and the database.
SELECT count(*) || ' left in the dark'
FROM (SELECT id FROM paysession.payment WHERE capturable_amount > 0 ORDER BY order_id LIMIT 1) AS p,
	paysession.ps_capture(p.id, 100, lease => '1 millisecond')
WHERE claimed;
