-- Before a provider is asked, ps_begin tells by which worker.
SELECT count(*) || ' authorizations begun'
FROM demo.customer c, paysession.ps_begin(c.session_id)
WHERE claimed;

SELECT count(*) || ' times a second worker is told not to ask'
FROM demo.customer c, paysession.ps_begin(c.session_id)
WHERE NOT claimed;

-- The providers answer.  Each is asked by the application; here it is told.

SELECT count(s.*) || ' failed'
FROM demo.customer c, paysession.ps_fail(c.session_id, 'card_declined') AS s
WHERE c.story IN ('fails and retries', 'fails and leaves');

SELECT count(*) || ' retried, with a new key for the provider'
FROM demo.customer c, paysession.ps_begin(c.session_id)
WHERE c.story = 'fails and retries' AND attempt = 2 AND claimed;

SELECT count(s.*) || ' sent to the bank (requires_more)'
FROM demo.customer c, paysession.ps_require_more(c.session_id,
	data => jsonb_build_object('redirect_url', 'https://bank.example/' || c.cart_id),
	provider_ref => 'ref_' || c.cart_id) AS s
WHERE c.story IN ('goes to the bank', 'stays at the bank');

SELECT count(s.*) || ' canceled'
FROM demo.customer c, paysession.ps_cancel(c.session_id, 'customer chose another') AS s
WHERE c.story = 'changes mind';

UPDATE demo.customer SET session_id = other_id WHERE story = 'changes mind';

SELECT count(*) || ' selected and begun instead'
FROM demo.customer c, paysession.ps_begin(c.session_id)
WHERE c.story = 'changes mind' AND claimed;

SELECT count(s.*) || ' authorized'
FROM demo.customer c, paysession.ps_authorize(c.session_id) AS s
WHERE c.story IN ('pays', 'fails and retries', 'goes to the bank', 'changes mind');
