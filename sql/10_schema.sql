-- paysession: payment sessions whose wrong states are impossible.

-- Complain if this file is fed to psql instead of CREATE EXTENSION.
\echo Use "CREATE EXTENSION paysession" to load this file. \quit

-- Without IF NOT EXISTS: a schema that somebody made beforehand is theirs.
CREATE SCHEMA paysession;
COMMENT ON SCHEMA paysession IS 'payment sessions of a store''s checkout';

CREATE TYPE paysession.payment_session_status AS ENUM
	('authorized', 'pending', 'requires_more', 'error', 'canceled');
COMMENT ON TYPE paysession.payment_session_status IS
	'where a payment session stands with its provider; ps_transitions() has the moves';
REVOKE ALL ON TYPE paysession.payment_session_status FROM PUBLIC;
