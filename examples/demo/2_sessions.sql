-- Every cart is offered three ways to pay.  One that costs nothing gets none.
SELECT count(*) || ' providers put'
FROM (VALUES ('ideal', 'automatic', NULL::interval), ('paypal', 'manual', '3 days'), ('stripe', 'manual_multiple', '7 days'))
		AS known (id, capture_method, holds),
	paysession.ps_put_provider(known.id, capture_method => known.capture_method, authorization_ttl => known.holds);

SELECT count(*) || ' sessions made for ' || count(DISTINCT s.cart_id) || ' carts'
FROM demo.cart c, paysession.ps_set_sessions(c.id, '{ideal,paypal,stripe}') AS s;

-- What each customer does: session_id is what they pick, other_id what they
-- may change to.
CREATE TABLE demo.customer AS
	SELECT cart_id,
		ids[1 + i % 3] AS session_id,
		ids[1 + (i + 1) % 3] AS other_id,
		('{pays,"fails and retries","goes to the bank","changes mind","fails and leaves","stays at the bank"}'::text[])
			[1 + i % 6] AS story
	FROM (SELECT cart_id, array_agg(id ORDER BY provider_id) AS ids, (row_number() OVER (ORDER BY cart_id))::int AS i
		  FROM paysession.payment_session GROUP BY cart_id) AS carts;

SELECT count(s.*) || ' selected'
FROM demo.customer c, paysession.ps_select(c.session_id) AS s;
