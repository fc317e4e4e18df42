-- The providers answer.  Each is asked by the application; here it is told.
SELECT count(s.*) || ' failed'
FROM demo.customer c, paysession.ps_fail(c.session_id, 'card_declined') AS s
WHERE c.story IN ('fails and retries', 'fails and leaves');

SELECT count(s.*) || ' retried'
FROM demo.customer c, paysession.ps_retry(c.session_id) AS s
WHERE c.story = 'fails and retries';

SELECT count(s.*) || ' sent to the bank (requires_more)'
FROM demo.customer c, paysession.ps_require_more(c.session_id,
	data => jsonb_build_object('redirect_url', 'https://bank.example/' || c.cart_id),
	provider_ref => 'ref_' || c.cart_id) AS s
WHERE c.story IN ('goes to the bank', 'stays at the bank');

SELECT count(s.*) || ' canceled'
FROM demo.customer c, paysession.ps_cancel(c.session_id, 'customer chose another') AS s
WHERE c.story = 'changes mind';

UPDATE demo.customer SET session_id = other_id WHERE story = 'changes mind';

SELECT count(s.*) || ' selected instead'
FROM demo.customer c, paysession.ps_select(c.session_id) AS s
WHERE c.story = 'changes mind';

SELECT count(s.*) || ' authorized'
FROM demo.customer c, paysession.ps_authorize(c.session_id) AS s
WHERE c.story IN ('pays', 'fails and retries', 'goes to the bank', 'changes mind');
