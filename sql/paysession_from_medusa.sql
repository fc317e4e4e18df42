-- Brings the payments of a Medusa v1 database into paysession, within that
-- database: providers, carts, sessions, payments, refunds, payment collections.
-- doc/medusa.md says what becomes of what.
--
--	psql -X -d medusa -f "$(pg_config --sharedir)/extension/paysession_from_medusa.sql"
--
-- Run it as the owner of the tables in schema paysession; -v medusa=shop says
-- in which schema Medusa's tables are, if not in public.  It is one
-- transaction, which reads Medusa's tables as of one moment and locks none of
-- their rows.  Run it again, as often as you like: it brings what is new or has
-- changed since.  What it did is in paysession_medusa.run, every row that
-- breaks a rule in paysession_medusa.report.

\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
\if :{?medusa}
\else
\set medusa public
\endif

BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
-- Two runs at once wait here, before the moment that they read as of.
LOCK TABLE paysession.payment_provider IN SHARE ROW EXCLUSIVE MODE;
-- What is inserted has happened already; what is updated is judged all the same.
SET LOCAL row_security = off;

DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'paysession'::regnamespace AND relkind = 'r' AND NOT pg_has_role(relowner, 'USAGE')) THEN
		RAISE insufficient_privilege USING MESSAGE = 'must be owner of the tables in schema paysession';
	ELSIF current_setting('session_replication_role') <> 'origin' THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = 'session_replication_role must be origin: otherwise nothing judges what comes in';
	ELSIF paysession.ps_owned_routes() IS NOT NULL THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = 'this database owns some routes only, and Medusa''s ids have any';
	ELSIF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'paysession_medusa' AND pg_get_userbyid(nspowner) <> current_user) THEN
		RAISE insufficient_privilege USING MESSAGE = 'schema paysession_medusa is somebody else''s';
	END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS paysession_medusa;
COMMENT ON SCHEMA paysession_medusa IS 'what paysession_from_medusa.sql has brought, and what it has not';
CREATE TABLE IF NOT EXISTS paysession_medusa.run (
	at timestamptz, kind text, medusa bigint NOT NULL, new bigint NOT NULL, changed bigint NOT NULL,
	unchanged bigint NOT NULL, refused bigint NOT NULL, gone bigint NOT NULL, schema text NOT NULL, PRIMARY KEY (at, kind));
COMMENT ON TABLE paysession_medusa.run IS
	'how many rows each run found in Medusa: new + changed + unchanged + refused = medusa; gone are those that are not there any more';
CREATE TABLE IF NOT EXISTS paysession_medusa.report (
	kind text NOT NULL, id text NOT NULL, outcome text NOT NULL, rule text NOT NULL, why text NOT NULL);
COMMENT ON TABLE paysession_medusa.report IS
	'what the last run found that breaks a rule: refused, the row as it is in Medusa is not here; altered, it came in otherwise than it is there; noted, for somebody to look at';
CREATE TABLE IF NOT EXISTS paysession_medusa.mark (
	kind text COLLATE "C", id text COLLATE "C", mark uuid NOT NULL, PRIMARY KEY (kind, id));
COMMENT ON TABLE paysession_medusa.mark IS 'a hash of each row as it was when it was last brought';
DELETE FROM paysession_medusa.report;

-- Another shop does not have what the first one has: all of that would be gone.
SELECT format('DO %L', format('BEGIN RAISE object_not_in_prerequisite_state USING MESSAGE = %L, HINT = %L; END',
	format('what is here was brought from schema "%s", not from "%s"', schema, :'medusa'), 'If you are done with that one: DROP SCHEMA paysession_medusa CASCADE.'))
FROM paysession_medusa.run WHERE schema <> :'medusa' LIMIT 1 \gexec

-- What is read.  A table or a column that an older Medusa does not have is empty;
-- tables with an exclamation mark must be there.
SELECT CASE WHEN c.oid IS NULL AND must
	THEN format('DO %L', format('BEGIN RAISE undefined_table USING MESSAGE = %L; END', format('"%s.%s" is not a table', :'medusa', name)))
	ELSE format('CREATE OR REPLACE TEMP VIEW m_%s AS SELECT %s FROM %s', name,
		string_agg(format(CASE
			WHEN a.attnum IS NULL THEN 'NULL::%2$s AS %1$I'
			WHEN type = 'timestamptz' THEN 'date_trunc(''milliseconds'', %1$I) AS %1$I'
			ELSE '%1$I::%2$s AS %1$I' END, col, type), ', ' ORDER BY nr),
		CASE WHEN c.oid IS NULL THEN '(SELECT) AS missing WHERE false' ELSE format('%I.%I', :'medusa', name) END) END
FROM (SELECT ltrim(t, '!') AS name, t LIKE '!%' AS must, split_part(f, ' ', 1) AS col, split_part(f, ' ', 2) AS type, nr
	FROM (VALUES
		('!payment_provider', 'id text, is_installed boolean'),
		('sales_channel', 'id text, name text, description text, is_disabled boolean, metadata jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz'),
		('!region', 'id text, currency_code text'),
		('!cart', 'id text, region_id text, sales_channel_id text, context jsonb, metadata jsonb, completed_at timestamptz, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz'),
		('!order', 'id text, cart_id text'),
		('line_item', 'id text, cart_id text, unit_price numeric, quantity numeric, allow_discounts boolean, includes_tax boolean'),
		('line_item_adjustment', 'item_id text, discount_id text, amount numeric'),
		-- a real is what it is printed as
		('line_item_tax_line', 'item_id text, rate text::numeric'),
		('shipping_method', 'id text, cart_id text, price numeric, includes_tax boolean'),
		('shipping_method_tax_line', 'shipping_method_id text, rate text::numeric'),
		('cart_discounts', 'cart_id text, discount_id text'),
		('discount', 'id text, rule_id text, created_at timestamptz'),
		('discount_rule', 'id text, type text'),
		('gift_card_transaction', 'order_id text, amount numeric, is_taxable boolean, tax_rate text::numeric'),
		('!payment_session', 'id text, cart_id text, provider_id text, is_selected boolean, is_initiated boolean, status text, data jsonb, amount bigint, payment_authorized_at timestamptz, idempotency_key text, created_at timestamptz, updated_at timestamptz'),
		('!payment', 'id text, cart_id text, swap_id text, order_id text, amount bigint, amount_refunded bigint, currency_code text, provider_id text, data jsonb, metadata jsonb, captured_at timestamptz, canceled_at timestamptz, created_at timestamptz, updated_at timestamptz'),
		('!refund', 'id text, payment_id text, order_id text, amount bigint, reason text, note text, metadata jsonb, created_at timestamptz'),
		('payment_collection', 'id text, type text, status text, description text, amount bigint, authorized_amount bigint, currency_code text, metadata jsonb, created_by text, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz'),
		('payment_collection_sessions', 'payment_collection_id text, payment_session_id text'),
		('payment_collection_payments', 'payment_collection_id text, payment_id text')) AS v (t, fields),
		unnest(string_to_array(fields, ', ')) WITH ORDINALITY AS u (f, nr)) AS wanted
	-- not a view: that would run its owner's functions as whoever runs this
	LEFT JOIN pg_class c ON c.relname = name AND c.relkind IN ('r', 'p')
		AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = :'medusa')
	LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = col AND NOT a.attisdropped
GROUP BY name, must, c.oid
\gexec
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(format('%I.payment_session', :'medusa'))
	AND attname = 'payment_authorized_at')::text AS knows_authorization \gset

-- A document as the law takes it.  What may hold a card number, or be too large
-- or too deep, goes through the webhook inbox, which masks it, and back.
CREATE OR REPLACE FUNCTION pg_temp.clean(document jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	s text := document;
BEGIN
	IF s IS NULL OR s IN ('{}', 'null') THEN
		RETURN '{}';
	ELSIF jsonb_typeof(document) <> 'object' THEN
		document := jsonb_build_object('value', document);
	END IF;
	IF length(s) < 8000 AND length(s) - length(translate(s, '[{', '')) < 60 AND s !~ '[0-9]([ .-]?[0-9]){13}'
		AND translate(s, '_-', '') !~* '"(cvv2?|cvc2?|cid|pin|pan|track[12]|cardnumber)": ' THEN
		RETURN document;
	END IF;
	BEGIN
		PERFORM paysession.ps_put_provider('paysession_medusa');
		document := (paysession.ps_receive('paysession_medusa', 'mask', 'captured', amount => 1, payload => document)).payload;
		RAISE SQLSTATE 'UNDO0';
	EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
		RETURN document;
	END;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.clean(note text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN note IS NOT NULL THEN pg_temp.clean(jsonb_build_object('note', note)) ->> 'note' END
$$;

-- What became of it, if anything.
CREATE OR REPLACE FUNCTION pg_temp.cleaned(field text, raw jsonb, document jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT CASE
		WHEN raw IS NULL OR raw IN ('{}', 'null') OR raw = document THEN NULL
		WHEN jsonb_typeof(raw) <> 'object' THEN format('its %s is no JSON object, and is put into one', field)
		WHEN document ? 'omitted' THEN format('its %s is too large or too deep, and is left out', field)
		ELSE format('its %s has a card number or a security code, which is masked', field) END
$$;

CREATE OR REPLACE FUNCTION pg_temp.is_id(id text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$SELECT id COLLATE "C" ~ '^[!-~]([ -~]{0,62}[!-~])?$'$$;
CREATE OR REPLACE FUNCTION pg_temp.is_currency(code text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$SELECT coalesce(code COLLATE "C" ~ '^[a-z]{3}$', false)$$;

-- Runs a statement for these ids ($1), and reports those for which the database
-- refuses it: halves of what fails as a whole are tried by themselves.
CREATE OR REPLACE FUNCTION pg_temp.bring(what text, ids text[], statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	half integer := cardinality(ids) / 2;
	state text; name text; message text;
BEGIN
	IF cardinality(ids) > 0 THEN
		EXECUTE statement USING ids;
	END IF;
EXCEPTION WHEN integrity_constraint_violation OR data_exception OR no_data_found THEN
	IF half > 0 THEN
		PERFORM pg_temp.bring(what, ids[:half], statement);
		PERFORM pg_temp.bring(what, ids[half + 1:], statement);
	ELSE
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, name = CONSTRAINT_NAME, message = MESSAGE_TEXT;
		INSERT INTO paysession_medusa.report VALUES (what, ids[1], 'refused', coalesce(nullif(name, ''), state), message);
	END IF;
END
$$;

-- The ids of a kind that are new, or have changed, and are not refused.
CREATE OR REPLACE FUNCTION pg_temp.ids(what text, state text, condition text DEFAULT 'true') RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
	EXECUTE format('SELECT array_agg(id ORDER BY id) FROM pg_temp.t_%s AS t WHERE state = %L AND (%s) AND NOT EXISTS (
		SELECT FROM paysession_medusa.report r WHERE r.kind = %1$L AND r.id = t.id AND outcome = ''refused'')', what, state, condition) INTO ids;
	RETURN coalesce(ids, '{}');
END
$$;

-- Says of a kind's rows which are here, by a query of all ids that are, and
-- whether they have changed since.
CREATE OR REPLACE FUNCTION pg_temp.compare(what text, here text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE pg_temp.t_%1$s AS t SET state = CASE WHEN m.mark = t.mark THEN ''unchanged'' ELSE ''changed'' END
		FROM (%2$s) AS h (id) LEFT JOIN paysession_medusa.mark m ON m.kind = %1$L AND m.id = h.id WHERE h.id = t.id', what, here);
	EXECUTE format('CREATE INDEX ON pg_temp.t_%s (id)', what);
	EXECUTE format('ANALYZE pg_temp.t_%s', what);
END
$$;

-- Providers and sales channels.
CREATE TEMP TABLE t_provider ON COMMIT DROP AS
SELECT id, coalesce(is_installed, true) AS is_installed, 'new' AS state, md5(is_installed::text)::uuid AS mark
FROM m_payment_provider;
SELECT FROM pg_temp.compare('provider', 'SELECT id FROM paysession.payment_provider');
SELECT FROM pg_temp.bring('provider', pg_temp.ids('provider', 'new'),
	'SELECT paysession.ps_put_provider(id, is_installed) FROM pg_temp.t_provider WHERE id = ANY ($1)');
SELECT FROM pg_temp.bring('provider', pg_temp.ids('provider', 'changed'),
	'UPDATE paysession.payment_provider p SET is_installed = t.is_installed FROM pg_temp.t_provider t WHERE t.id = p.id AND t.id = ANY ($1)');

CREATE TEMP TABLE t_sales_channel ON COMMIT DROP AS
SELECT *, 'new' AS state, md5((name, description, is_disabled, metadata)::text)::uuid AS mark
FROM (SELECT id, name, pg_temp.clean(description) AS description, is_disabled OR deleted_at IS NOT NULL AS is_disabled,
		pg_temp.clean(metadata) AS metadata, created_at, updated_at
	FROM m_sales_channel) AS s;
SELECT FROM pg_temp.compare('sales_channel', 'SELECT id FROM paysession.sales_channel');
INSERT INTO paysession_medusa.report
SELECT 'sales_channel', id, 'refused', 'sales_channel_id', 'its id is not one' FROM t_sales_channel WHERE NOT pg_temp.is_id(id);
SELECT FROM pg_temp.bring('sales_channel', pg_temp.ids('sales_channel', 'new'),
	'INSERT INTO paysession.sales_channel (id, name, description, is_disabled, metadata, created_at, updated_at)
	SELECT id, name, description, is_disabled, metadata, created_at, updated_at FROM pg_temp.t_sales_channel WHERE id = ANY ($1)');
SELECT FROM pg_temp.bring('sales_channel', pg_temp.ids('sales_channel', 'changed'),
	'UPDATE paysession.sales_channel c SET name = t.name, description = t.description, is_disabled = t.is_disabled, metadata = t.metadata
	FROM pg_temp.t_sales_channel t WHERE t.id = c.id AND t.id = ANY ($1)');

-- The totals of carts that became orders, as Medusa makes them, from the tax
-- lines that it has stored.  An open cart has none until it is completed.
CREATE TEMP TABLE t_total ON COMMIT DROP AS
WITH ordered AS (
	SELECT DISTINCT ON (cart_id) cart_id, id AS order_id FROM m_order WHERE cart_id IS NOT NULL ORDER BY cart_id, id),
cart AS (
	SELECT o.cart_id, o.order_id,
		(array_agg(d.id ORDER BY d.created_at, d.id) FILTER (WHERE r.type <> 'free_shipping'))[1] AS discount_id,
		coalesce(bool_or(r.type = 'free_shipping'), false) AS ships_free
	FROM ordered o
		LEFT JOIN (m_cart_discounts cd JOIN m_discount d ON d.id = cd.discount_id JOIN m_discount_rule r ON r.id = d.rule_id) ON cd.cart_id = o.cart_id
	GROUP BY o.cart_id, o.order_id),
line AS (
	SELECT c.cart_id, l.id, l.unit_price * l.quantity AS amount, coalesce(l.includes_tax, false) AS includes_tax,
		coalesce(sum(a.amount) FILTER (WHERE a.discount_id IS NULL OR (coalesce(l.allow_discounts, true) AND a.discount_id = c.discount_id)), 0) AS off
	FROM cart c JOIN m_line_item l ON l.cart_id = c.cart_id LEFT JOIN m_line_item_adjustment a ON a.item_id = l.id
	GROUP BY c.cart_id, l.id, l.unit_price, l.quantity, l.includes_tax),
taxed_line AS (
	SELECT l.cart_id, l.amount, l.off, l.includes_tax, sum(floor((l.amount - l.off) * x.rate / 100 + 0.5)) AS tax
	FROM line l LEFT JOIN m_line_item_tax_line x ON x.item_id = l.id
	GROUP BY l.cart_id, l.id, l.amount, l.off, l.includes_tax),
items AS (
	SELECT cart_id, sum(amount) AS subtotal, sum(off) AS off, sum(tax) AS tax, bool_or(includes_tax) AS includes_tax
	FROM taxed_line GROUP BY cart_id),
method AS (
	SELECT c.cart_id, m.price, coalesce(m.includes_tax, false) AS includes_tax, floor(sum(m.price * x.rate / 100) + 0.5) AS tax
	FROM cart c JOIN m_shipping_method m ON m.cart_id = c.cart_id LEFT JOIN m_shipping_method_tax_line x ON x.shipping_method_id = m.id
	WHERE NOT c.ships_free
	GROUP BY c.cart_id, m.id, m.price, m.includes_tax),
shipping AS (
	SELECT cart_id, sum(price) AS price, sum(tax) AS tax, bool_or(includes_tax) AS includes_tax FROM method GROUP BY cart_id),
card AS (
	SELECT order_id, sum(amount) AS amount, sum(floor(amount * coalesce(tax_rate, 0) / 100 + 0.5)) AS tax,
		bool_or(is_taxable IS NULL) AS is_unclear
	FROM m_gift_card_transaction GROUP BY order_id)
SELECT c.cart_id, i.subtotal::bigint AS subtotal, i.off AS raw_discount_total,
	CASE WHEN i.tax IS NOT NULL OR s.tax IS NOT NULL THEN coalesce(i.tax, 0)::bigint END AS item_tax_total,
	coalesce(s.price, 0)::bigint AS shipping_total,
	CASE WHEN i.tax IS NOT NULL OR s.tax IS NOT NULL THEN coalesce(s.tax, 0)::bigint END AS shipping_tax_total,
	coalesce(g.amount, 0)::bigint AS gift_card_total, coalesce(g.tax, 0)::bigint AS gift_card_tax_total,
	(i.subtotal + coalesce(s.price, 0) + coalesce(i.tax, 0) + coalesce(s.tax, 0)
		- coalesce(g.amount, 0) - floor(i.off + 0.5) - coalesce(g.tax, 0))::bigint AS total
FROM cart c JOIN items i ON i.cart_id = c.cart_id LEFT JOIN shipping s ON s.cart_id = c.cart_id LEFT JOIN card g ON g.order_id = c.order_id
WHERE NOT i.includes_tax AND s.includes_tax IS NOT TRUE AND g.is_unclear IS NOT TRUE
	AND greatest(abs(i.subtotal), abs(i.off), abs(i.tax), s.price, s.tax, abs(g.amount), abs(g.tax)) < 2::numeric ^ 50;

-- The payments of a cart or collection with one provider: a payment does not
-- know its session, which is told by these, and in a collection by its amount.
CREATE TEMP TABLE t_paid ON COMMIT DROP AS
SELECT anchor, provider_id, part, bool_or(canceled_at IS NULL OR captured_at IS NOT NULL) AS is_held,
	(array_agg(amount ORDER BY canceled_at NULLS FIRST, created_at))[1] AS amount, min(created_at) AS since, max(canceled_at) AS canceled_at
FROM (SELECT p.*, coalesce(p.cart_id, k.id) AS anchor, CASE WHEN p.cart_id IS NULL THEN p.amount END AS part
	FROM m_payment p LEFT JOIN (
		SELECT payment_id, min(payment_collection_id) AS id FROM m_payment_collection_payments GROUP BY payment_id) AS k ON k.payment_id = p.id) AS p
WHERE anchor IS NOT NULL GROUP BY anchor, provider_id, part;
ANALYZE t_total, t_paid;

-- Where the sessions stand.  Of those that a cart has as authorized, the one
-- that was paid with or is selected holds the money; one whose payments are all
-- canceled is released; one that the customer left for another is lost.
CREATE TEMP TABLE t_standing ON COMMIT DROP AS
WITH raw AS (
	SELECT s.*, k.payment_collection_id, k.count AS collections, p.amount AS paid, p.since, p.canceled_at AS released_at,
		CASE
		WHEN s.status <> 'authorized' OR a.anchor IS NULL THEN NULL
		WHEN NOT p.is_held THEN 'released'
		WHEN p.is_held THEN 'paid'
		WHEN s.is_selected OR s.cart_id IS NULL THEN 'held'
		WHEN bool_or(s.is_selected AND s.status <> 'canceled') OVER (PARTITION BY s.cart_id) THEN 'lost'
		ELSE 'held' END AS standing
	FROM m_payment_session s
		LEFT JOIN (SELECT payment_session_id, min(payment_collection_id) AS payment_collection_id, count(*)
			FROM m_payment_collection_sessions GROUP BY payment_session_id) AS k ON k.payment_session_id = s.id
		CROSS JOIN LATERAL (SELECT coalesce(s.cart_id, k.payment_collection_id) AS anchor) AS a
		LEFT JOIN t_paid p ON p.anchor = a.anchor AND p.provider_id = s.provider_id AND p.part IS NOT DISTINCT FROM CASE WHEN s.cart_id IS NULL THEN s.amount END),
ranked AS (
	SELECT *, cart_id IS NOT NULL AND (standing IN ('paid', 'held')) IS TRUE AND 1 = row_number() OVER (PARTITION BY cart_id, standing IN ('paid', 'held')
		ORDER BY standing = 'paid' DESC, is_selected IS TRUE DESC, payment_authorized_at DESC NULLS LAST, id) AS is_holder
	FROM raw)
SELECT *, bool_or(is_holder) OVER (PARTITION BY cart_id) AND cart_id IS NOT NULL AS has_holder,
	CASE WHEN amount > 0 THEN amount WHEN status = 'authorized' AND paid > 0 THEN paid END AS known_amount
FROM ranked;
ANALYZE t_standing;

-- Carts and collections.
CREATE TEMP TABLE t_cart ON COMMIT DROP AS
SELECT *, 'new' AS state, md5((currency_code, context, metadata, sales_channel_id, completed_at, subtotal, raw_discount_total,
	item_tax_total, shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total)::text)::uuid AS mark
FROM (SELECT c.id, lower(r.currency_code) AS currency_code, pg_temp.clean(c.context) AS context, pg_temp.clean(c.metadata) AS metadata,
		c.sales_channel_id, c.completed_at, c.created_at, c.updated_at,
		c.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM m_payment p WHERE p.cart_id = c.id) AS is_deleted,
		o.total AS order_total, h.amount AS held, t.*
	FROM m_cart c LEFT JOIN m_region r ON r.id = c.region_id
		LEFT JOIN (SELECT cart_id, known_amount AS amount FROM t_standing WHERE is_holder) AS h ON h.cart_id = c.id
		LEFT JOIN t_total o ON o.cart_id = c.id
		LEFT JOIN t_total t ON t.cart_id = c.id AND coalesce(h.amount, t.total) = t.total) AS c;
SELECT FROM pg_temp.compare('cart', 'SELECT id FROM paysession.cart');
INSERT INTO paysession_medusa.report
SELECT 'cart', t.id, outcome, rule, why FROM t_cart t JOIN m_cart m ON m.id = t.id, LATERAL (VALUES
	('refused', 'cart_id', CASE WHEN NOT pg_temp.is_id(t.id) THEN 'its id is not one' END),
	('refused', 'deleted', CASE WHEN is_deleted THEN 'Medusa has deleted it, and nothing was paid' END),
	('refused', 'cart_currency_code', CASE WHEN NOT pg_temp.is_currency(currency_code) THEN format('its currency is "%s"', currency_code) END),
	('altered', 'payment_session_amount', CASE WHEN order_total <> held
		THEN format('its order comes to %s, %s was authorized: it has no totals', order_total, held) END),
	('altered', 'document', pg_temp.cleaned('context', m.context, t.context)),
	('altered', 'document', pg_temp.cleaned('metadata', m.metadata, t.metadata))) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND (outcome <> 'refused' OR t.state <> 'unchanged');
SELECT FROM pg_temp.bring('cart', pg_temp.ids('cart', 'new'),
	'INSERT INTO paysession.cart (id, currency_code, context, metadata, sales_channel_id, subtotal, raw_discount_total, item_tax_total,
		shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total, completed_at, created_at, updated_at)
	SELECT id, currency_code, context, metadata, sales_channel_id, subtotal, raw_discount_total, item_tax_total,
		shipping_total, shipping_tax_total, gift_card_total, gift_card_tax_total, completed_at, created_at, updated_at
	FROM pg_temp.t_cart WHERE id = ANY ($1)');
-- What a cart costs comes before its session is authorized, its end after it was paid.
SELECT FROM pg_temp.bring('cart', pg_temp.ids('cart', 'changed', 'NOT EXISTS (
		SELECT FROM paysession.cart c WHERE c.id = t.id AND (c.completed_at IS NOT NULL OR EXISTS (
			SELECT FROM paysession.payment_session s WHERE s.cart_id = c.id AND s.status = ''authorized'')))'),
	'UPDATE paysession.cart c SET currency_code = t.currency_code, subtotal = coalesce(t.subtotal, c.subtotal),
		raw_discount_total = coalesce(t.raw_discount_total, c.raw_discount_total), item_tax_total = coalesce(t.item_tax_total, c.item_tax_total),
		shipping_total = coalesce(t.shipping_total, c.shipping_total), shipping_tax_total = coalesce(t.shipping_tax_total, c.shipping_tax_total),
		gift_card_total = coalesce(t.gift_card_total, c.gift_card_total), gift_card_tax_total = coalesce(t.gift_card_tax_total, c.gift_card_tax_total)
	FROM pg_temp.t_cart t WHERE t.id = c.id AND t.id = ANY ($1)');

CREATE TEMP TABLE t_collection ON COMMIT DROP AS
SELECT *, 'new' AS state, md5((is_canceled, amount, description, metadata)::text)::uuid AS mark
FROM (SELECT g.id, coalesce(g.type, 'order_edit') AS type, coalesce(g.status = 'canceled', false) AS is_canceled, g.amount,
		coalesce(g.authorized_amount, 0) AS authorized_amount, lower(g.currency_code) AS currency_code, pg_temp.clean(g.description) AS description,
		pg_temp.clean(g.metadata) AS metadata, g.created_by, g.created_at, g.updated_at,
		g.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM m_payment_collection_payments p WHERE p.payment_collection_id = g.id) AS is_deleted,
		coalesce(s.live, 0) AS live, coalesce(s.authorized, 0) AS authorized
	FROM m_payment_collection g LEFT JOIN (
		SELECT payment_collection_id, sum(known_amount) FILTER (WHERE status <> 'canceled') AS live,
			sum(known_amount) FILTER (WHERE standing IN ('paid', 'held')) AS authorized
		FROM t_standing WHERE cart_id IS NULL GROUP BY payment_collection_id) AS s ON s.payment_collection_id = g.id) AS g;
SELECT FROM pg_temp.compare('collection', 'SELECT id FROM paysession.payment_collection');
INSERT INTO paysession_medusa.report
SELECT 'collection', t.id, outcome, rule, why FROM t_collection t JOIN m_payment_collection m ON m.id = t.id, LATERAL (VALUES
	('refused', 'collection_id', CASE WHEN NOT pg_temp.is_id(t.id) THEN 'its id is not one' END),
	('refused', 'deleted', CASE WHEN is_deleted THEN 'Medusa has deleted it, and nothing was paid' END),
	('refused', 'payment_collection_amount', CASE WHEN t.amount < 1 THEN format('its amount is %s', t.amount) END),
	('refused', 'payment_collection_currency_code', CASE WHEN NOT pg_temp.is_currency(t.currency_code) THEN format('its currency is "%s"', t.currency_code) END),
	('refused', 'payment_collection_amount', CASE WHEN authorized > t.amount THEN format('%s is authorized of %s', authorized, t.amount) END),
	('altered', 'payment_collection_amount', CASE WHEN t.authorized_amount <> authorized
		THEN format('it says that %s is authorized, its sessions make it %s', t.authorized_amount, authorized) END),
	('noted', 'payment_collection_amount', CASE WHEN live > t.amount AND NOT is_canceled THEN format('its sessions are to pay %s of %s', live, t.amount) END),
	('altered', 'document', pg_temp.cleaned('metadata', m.metadata, t.metadata)),
	('altered', 'document', pg_temp.cleaned('description', jsonb_build_object('', m.description), jsonb_build_object('', t.description)))) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND (outcome <> 'refused' OR t.state <> 'unchanged');
SELECT FROM pg_temp.bring('collection', pg_temp.ids('collection', 'new'),
	'INSERT INTO paysession.payment_collection (id, type, status, amount, currency_code, description, metadata, created_by, created_at, updated_at)
	SELECT id, type, CASE WHEN is_canceled THEN ''canceled'' ELSE ''not_paid'' END, amount, currency_code, description, metadata, created_by, created_at, updated_at
	FROM pg_temp.t_collection WHERE id = ANY ($1)');

-- Payments that are here already and have been captured or canceled since.
CREATE TEMP TABLE t_payment ON COMMIT DROP AS
SELECT *, 'new' AS state, NULL::text AS session_id, md5((order_id, amount, currency_code, provider_id, data, metadata, captured_at, canceled_at)::text)::uuid AS mark
FROM (SELECT p.id, p.cart_id, CASE WHEN p.cart_id IS NULL THEN k.id END AS payment_collection_id, coalesce(p.cart_id, k.id) AS anchor,
		p.swap_id, p.order_id, p.provider_id, lower(p.currency_code) AS currency_code, p.amount, p.amount_refunded,
		pg_temp.clean(p.data) AS data, pg_temp.clean(p.metadata) AS metadata, p.captured_at, p.canceled_at, p.created_at, p.updated_at
	FROM m_payment p LEFT JOIN (
		SELECT payment_id, min(payment_collection_id) AS id FROM m_payment_collection_payments GROUP BY payment_id) AS k ON k.payment_id = p.id) AS p;
SELECT FROM pg_temp.compare('payment', 'SELECT id FROM paysession.payment');
INSERT INTO paysession_medusa.report
SELECT 'payment', t.id, outcome, rule, why
FROM t_payment t JOIN m_payment m ON m.id = t.id
	LEFT JOIN paysession.payment p ON p.id = t.id
	LEFT JOIN paysession.cart c ON c.id = t.cart_id
	LEFT JOIN paysession.payment_collection g ON g.id = t.payment_collection_id
	LEFT JOIN paysession.payment_provider r ON r.id = t.provider_id,
	LATERAL (VALUES
		('refused', 'payment_id', CASE WHEN NOT pg_temp.is_id(t.id) THEN 'its id is not one' END),
		('refused', 'payment_amount', CASE WHEN t.amount < 1 THEN format('its amount is %s', t.amount) END),
		('refused', 'payment_currency_code', CASE WHEN NOT pg_temp.is_currency(t.currency_code) THEN format('its currency is "%s"', t.currency_code) END),
		('refused', 'payment_provider_id_fkey', CASE WHEN r.id IS NULL THEN format('its provider "%s" does not exist', t.provider_id) END),
		('refused', 'payment_cart_id_fkey', CASE WHEN t.cart_id IS NOT NULL AND c.id IS NULL THEN format('its cart %s is refused', t.cart_id) END),
		('refused', 'payment_payment_collection_id_fkey', CASE WHEN t.payment_collection_id IS NOT NULL AND g.id IS NULL
			THEN format('its collection %s is refused', t.payment_collection_id) END),
		('refused', 'payment_captured_within_amount', CASE WHEN t.captured_at IS NOT NULL AND t.canceled_at IS NOT NULL THEN 'it is captured and canceled' END),
		('refused', 'payment_captured_within_amount', CASE WHEN t.captured_at IS NULL AND p.captured_amount > 0 THEN 'it is captured here' END),
		('refused', 'payment_captured_within_amount', CASE WHEN t.canceled_at IS NULL AND p.canceled_at IS NOT NULL THEN 'it is canceled here' END),
		('altered', 'document', pg_temp.cleaned('data', m.data, t.data)),
		('altered', 'document', pg_temp.cleaned('metadata', m.metadata, t.metadata))) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND (outcome <> 'refused' OR t.state <> 'unchanged');
SELECT FROM pg_temp.bring('payment', pg_temp.ids('payment', 'changed'),
	'UPDATE paysession.payment p SET order_id = coalesce(t.order_id, p.order_id), data = t.data, metadata = t.metadata,
		amount = t.amount, currency_code = t.currency_code, provider_id = t.provider_id
	FROM pg_temp.t_payment t WHERE t.id = p.id AND t.id = ANY ($1)');
SELECT FROM pg_temp.bring('payment', pg_temp.ids('payment', 'changed', 'captured_at IS NOT NULL AND EXISTS (
		SELECT FROM paysession.payment p WHERE p.id = t.id AND p.captured_amount = 0)'),
	'SELECT paysession.ps_capture(id) FROM unnest($1) AS u (id)');
SELECT FROM pg_temp.bring('payment', pg_temp.ids('payment', 'changed', 'canceled_at IS NOT NULL AND EXISTS (
		SELECT FROM paysession.payment p WHERE p.id = t.id AND p.canceled_at IS NULL)'),
	'SELECT paysession.ps_void(id, reason => ''canceled in Medusa'') FROM unnest($1) AS u (id)');

-- Sessions.
CREATE TEMP TABLE t_session ON COMMIT DROP AS
SELECT *, 'new' AS state, md5((status, is_selected, is_initiated, amount, data, provider_ref, payment_authorized_at IS NULL)::text)::uuid AS mark
FROM (SELECT s.id, s.cart_id, CASE WHEN s.cart_id IS NULL THEN s.payment_collection_id END AS payment_collection_id, s.provider_id,
		d.status, is_holder OR (s.is_selected IS TRUE AND d.status <> 'canceled' AND NOT has_holder) AS is_selected,
		coalesce(s.is_initiated, d.status <> 'pending') AS is_initiated,
		CASE WHEN d.status IN ('authorized', 'canceled') OR c.total IS NULL THEN s.known_amount WHEN c.total > 0 THEN c.total END AS amount,
		coalesce(c.currency_code, g.currency_code) AS currency_code,
		CASE WHEN s.status = 'authorized' THEN coalesce(s.payment_authorized_at, s.since, s.updated_at)
			WHEN d.status = 'canceled' THEN s.payment_authorized_at END AS payment_authorized_at,
		CASE WHEN d.status = 'canceled' THEN coalesce(s.released_at, s.updated_at) END AS canceled_at,
		CASE WHEN standing = 'released' THEN 'its payment was canceled' END AS status_reason,
		CASE WHEN 1 = row_number() OVER (PARTITION BY s.provider_id, ref ORDER BY s.created_at, s.id) THEN ref END AS provider_ref, ref,
		s.idempotency_key, d.data, s.created_at, s.updated_at, c.total AS cart_total, c.id AS cart, g.id AS collection, r.id AS provider
	FROM t_standing s
		LEFT JOIN paysession.cart c ON c.id = s.cart_id
		LEFT JOIN paysession.payment_collection g ON g.id = s.payment_collection_id AND s.cart_id IS NULL
		LEFT JOIN paysession.payment_provider r ON r.id = s.provider_id,
		LATERAL (SELECT pg_temp.clean(s.data) AS data, CASE WHEN standing = 'released' THEN 'canceled' ELSE s.status END AS status) AS d,
		LATERAL (SELECT CASE WHEN jsonb_typeof(d.data -> 'id') = 'string' AND d.data ->> 'id' COLLATE "C" ~ '^[!-~]([ -~]{0,253}[!-~])?$'
			THEN d.data ->> 'id' END AS ref) AS e) AS s;
SELECT FROM pg_temp.compare('session', 'SELECT id FROM paysession.payment_session');
INSERT INTO paysession_medusa.report
SELECT 'session', t.id, outcome, rule, why
FROM t_session t JOIN t_standing m ON m.id = t.id LEFT JOIN t_collection g ON g.id = t.payment_collection_id,
	LATERAL (VALUES
		('refused', 'session_id', CASE WHEN NOT pg_temp.is_id(t.id) THEN 'its id is not one' END),
		('refused', 'payment_session_provider_id_fkey', CASE WHEN provider IS NULL THEN format('its provider "%s" does not exist', t.provider_id) END),
		('refused', 'payment_session_cart_id_fkey', CASE WHEN t.cart_id IS NOT NULL AND cart IS NULL THEN format('its cart %s is refused', t.cart_id) END),
		('refused', 'payment_session_payment_collection_id_fkey', CASE WHEN t.payment_collection_id IS NOT NULL AND collection IS NULL
			THEN format('its collection %s is refused', t.payment_collection_id) END),
		('refused', 'payment_collection_canceled', CASE WHEN g.is_canceled AND t.status <> 'canceled' THEN format('its collection %s is canceled', g.id) END),
		('refused', 'payment_session_selected', CASE WHEN standing = 'lost' OR (standing IN ('paid', 'held') AND has_holder AND NOT is_holder)
			THEN 'it is authorized, and another one is selected' END),
		('refused', 'payment_session_amount', CASE WHEN t.status = 'authorized' AND t.amount IS NULL
			THEN format('it is authorized, its amount is %s', coalesce(m.amount::text, 'null')) END),
		('refused', 'payment_session_currency_code', CASE WHEN t.status = 'authorized' AND t.cart_id IS NULL AND t.payment_collection_id IS NULL
			THEN 'it is authorized, and without cart or collection it has no currency' END),
		('refused', 'payment_session_amount', CASE WHEN t.status = 'authorized' AND t.amount <> cart_total
			THEN format('its amount is %s, the total of its cart %s', t.amount, cart_total) END),
		('altered', 'payment_session_amount', CASE WHEN t.status <> 'authorized' AND m.amount IS NOT NULL AND t.amount IS DISTINCT FROM m.amount
			THEN format('its amount is %s, and becomes %s', m.amount, coalesce(t.amount::text, 'null')) END),
		('altered', 'payment_session_selected', CASE WHEN t.is_selected AND m.is_selected IS NOT TRUE THEN 'it is authorized, and becomes the selected one'
			WHEN m.is_selected AND NOT t.is_selected AND standing IS DISTINCT FROM 'released'
			THEN format('it is %s, and is not selected any more', CASE t.status WHEN 'canceled' THEN t.status ELSE 'not the one that was paid with' END) END),
		('altered', 'payment_session_state', CASE WHEN t.status IN ('pending', 'requires_more', 'error') AND m.payment_authorized_at IS NOT NULL
			THEN format('it is %s, and loses its payment_authorized_at', t.status) END),
		('altered', 'payment_session_state', CASE WHEN t.status = 'authorized' AND m.payment_authorized_at IS NULL AND :knows_authorization
			THEN format('it is authorized, at %s for want of payment_authorized_at', t.payment_authorized_at) END),
		('altered', 'payment_session_anchor', CASE WHEN collections > 1 OR (t.cart_id IS NOT NULL AND collections > 0)
			THEN format('it is in %s, and in another collection', coalesce(t.cart_id, t.payment_collection_id)) END),
		('noted', 'payment_session_anchor', CASE WHEN t.cart_id IS NULL AND t.payment_collection_id IS NULL THEN 'it is in no cart and no collection' END),
		('altered', 'payment_session_provider_ref_key', CASE WHEN ref IS NOT NULL AND t.provider_ref IS NULL
			THEN format('the provider''s session "%s" is another one''s, too', ref) END),
		('altered', 'document', pg_temp.cleaned('data', m.data, t.data))) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND (outcome <> 'refused' OR t.state <> 'unchanged');
-- Those that Medusa has deleted since: what was asked of a provider is kept.
CREATE TEMP TABLE t_gone ON COMMIT DROP AS
SELECT s.id, s.status, s.payment_authorized_at IS NOT NULL AS was_authorized
FROM paysession_medusa.mark m JOIN paysession.payment_session s ON s.id = m.id
WHERE m.kind = 'session' AND NOT EXISTS (SELECT FROM t_session t WHERE t.id = m.id);
SELECT FROM pg_temp.bring('session', (SELECT array_agg(id) FROM t_gone WHERE NOT was_authorized),
	'DELETE FROM paysession.payment_session WHERE id = ANY ($1)');
SELECT FROM pg_temp.bring('session', (SELECT array_agg(id) FROM t_gone WHERE status = 'authorized'),
	'SELECT paysession.ps_cancel(id, ''deleted in Medusa'') FROM unnest($1) AS u (id)');

-- The selection is left before it is taken.
SELECT FROM (VALUES ('NOT is_selected'), ('is_selected')) AS v (condition),
	pg_temp.bring('session', pg_temp.ids('session', 'changed', condition),
	'UPDATE paysession.payment_session s SET status = t.status::paysession.payment_session_status, is_selected = t.is_selected,
		is_initiated = t.is_initiated, amount = t.amount, data = t.data, provider_ref = coalesce(s.provider_ref, t.provider_ref),
		payment_authorized_at = coalesce(s.payment_authorized_at, t.payment_authorized_at), canceled_at = coalesce(s.canceled_at, t.canceled_at)
	FROM pg_temp.t_session t WHERE t.id = s.id AND t.id = ANY ($1)');
SELECT FROM pg_temp.bring('session', pg_temp.ids('session', 'new'),
	'WITH born AS (
		INSERT INTO paysession.payment_session (id, cart_id, payment_collection_id, provider_id, status, status_reason, is_selected, is_initiated,
			amount, currency_code, payment_authorized_at, canceled_at, provider_ref, idempotency_key, data, created_at, updated_at)
		SELECT id, cart_id, payment_collection_id, provider_id, status::paysession.payment_session_status, status_reason, is_selected, is_initiated,
			amount, currency_code, payment_authorized_at, canceled_at, provider_ref, coalesce(idempotency_key, gen_random_uuid()::text), data, created_at, updated_at
		FROM pg_temp.t_session WHERE id = ANY ($1)
		RETURNING *)
	INSERT INTO paysession.payment_session_event (session_id, at, from_status, to_status, amount, is_selected, reason, txid, actor, role, application)
	SELECT id, at, from_status::paysession.payment_session_status, to_status, amount, selected, reason, pg_current_xact_id(), session_user, current_user, ''medusa''
	FROM born, LATERAL (VALUES
		(1, created_at, NULL, ''pending'', status = ''pending'' AND is_selected, NULL),
		(2, greatest(created_at, payment_authorized_at), ''pending'',
			CASE WHEN payment_authorized_at IS NOT NULL THEN ''authorized''::paysession.payment_session_status END, cart_id IS NOT NULL, NULL),
		(3, greatest(created_at, payment_authorized_at, canceled_at, CASE WHEN canceled_at IS NULL THEN updated_at END),
			CASE WHEN payment_authorized_at IS NULL THEN ''pending'' ELSE ''authorized'' END,
			CASE WHEN status NOT IN (''pending'', ''authorized'') THEN status END, is_selected, status_reason))
		AS e (nr, at, from_status, to_status, selected, reason)
	WHERE to_status IS NOT NULL
	ORDER BY id, nr');

-- The new payments, each with the session that it came of, as far as one is
-- there that has none.
UPDATE t_payment t SET session_id = s.id
FROM (SELECT s.id, coalesce(cart_id, payment_collection_id) AS anchor, provider_id, amount, currency_code, status = 'canceled' AS is_canceled,
		row_number() OVER (PARTITION BY coalesce(cart_id, payment_collection_id), provider_id, amount, currency_code, status
			ORDER BY payment_authorized_at, id) AS nth
	FROM paysession.payment_session s
	WHERE s.payment_authorized_at IS NOT NULL AND NOT EXISTS (SELECT FROM paysession.payment p WHERE p.session_id = s.id)) AS s
	JOIN (SELECT id, anchor, provider_id, amount, currency_code, canceled_at IS NOT NULL AS is_canceled,
		row_number() OVER (PARTITION BY anchor, provider_id, amount, currency_code, canceled_at IS NOT NULL
			ORDER BY captured_at NULLS LAST, created_at, id) AS nth
	FROM t_payment JOIN unnest(pg_temp.ids('payment', 'new')) AS u (id) USING (id)) AS p
	USING (anchor, provider_id, amount, currency_code, is_canceled, nth)
WHERE t.id = p.id;
INSERT INTO paysession_medusa.report
SELECT 'payment', t.id, outcome, rule, why
FROM t_payment t LEFT JOIN paysession.payment p ON p.id = t.id
	LEFT JOIN (SELECT coalesce(cart_id, payment_collection_id) AS anchor, provider_id, currency_code, array_agg(amount ORDER BY id) AS amounts
		FROM paysession.payment_session WHERE status = 'authorized' GROUP BY 1, 2, 3) AS s ON s.anchor = t.anchor AND s.provider_id = t.provider_id,
	LATERAL (VALUES
		('refused', 'payment_session_id_key', CASE WHEN t.amount = ANY (s.amounts) AND t.currency_code = s.currency_code
			THEN 'its session has a payment already' END),
		('refused', 'payment_amount', CASE WHEN t.amount <> ALL (s.amounts) OR t.currency_code <> s.currency_code
			THEN format('it is of %s %s, its session of %s %s', t.amount, t.currency_code, s.amounts[1], s.currency_code) END),
		('noted', 'payment_session_authorized', CASE WHEN coalesce(p.session_id, s.anchor) IS NULL
			THEN CASE WHEN t.anchor IS NOT NULL THEN 'there is no authorized session that it could have come of'
				WHEN t.swap_id IS NULL THEN 'it is in no cart and no collection' END END)) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND t.canceled_at IS NULL AND t.session_id IS NULL AND (outcome <> 'refused' OR t.state = 'new')
	AND NOT EXISTS (SELECT FROM paysession_medusa.report r WHERE r.kind = 'payment' AND r.id = t.id AND r.outcome = 'refused');

-- The refunds, each of its payment or, where Medusa knows the order only, of
-- that order's newest payments.
CREATE TEMP TABLE t_refund ON COMMIT DROP AS
SELECT *, 'new' AS state, md5((amount, payment_id, order_id)::text)::uuid AS mark
FROM (SELECT id, payment_id, order_id, amount, reason, pg_temp.clean(note) AS note, pg_temp.clean(metadata) AS metadata, created_at FROM m_refund) AS r;
SELECT FROM pg_temp.compare('refund', 'SELECT DISTINCT idempotency_key FROM paysession.payment_operation WHERE kind = ''refund''');
CREATE TEMP TABLE t_room ON COMMIT DROP AS
SELECT t.id, t.order_id, t.created_at, CASE WHEN p.id IS NOT NULL THEN p.refundable_amount WHEN t.captured_at IS NOT NULL THEN t.amount ELSE 0 END AS room
FROM t_payment t LEFT JOIN paysession.payment p ON p.id = t.id LEFT JOIN unnest(pg_temp.ids('payment', 'new')) AS u (id) ON u.id = t.id
WHERE p.id IS NOT NULL OR u.id IS NOT NULL;
CREATE TEMP TABLE t_part (refund_id text, payment_id text, amount bigint) ON COMMIT DROP;
CREATE INDEX ON t_room (id); CREATE INDEX ON t_room (order_id);
CREATE INDEX ON t_part (refund_id); CREATE INDEX ON t_part (payment_id);
ANALYZE t_room;
INSERT INTO paysession_medusa.report
SELECT 'refund', t.id, outcome, rule, why
FROM t_refund t JOIN m_refund m ON m.id = t.id LEFT JOIN t_room p ON p.id = t.payment_id
	LEFT JOIN (SELECT idempotency_key, sum(amount) AS amount FROM paysession.payment_operation WHERE kind = 'refund' GROUP BY 1) AS o ON o.idempotency_key = t.id,
	LATERAL (VALUES
		('refused', 'idempotency_key', CASE WHEN NOT pg_temp.is_id(t.id) THEN 'its id is not one' END),
		('refused', 'payment_operation_amount', CASE WHEN t.amount < 1 THEN format('its amount is %s', t.amount) END),
		('refused', 'payment_operation_payment_id_fkey', CASE
			WHEN t.payment_id IS NOT NULL AND p.id IS NULL THEN format('its payment %s is refused', t.payment_id)
			WHEN t.payment_id IS NULL AND t.order_id IS NULL THEN 'it is of no payment and no order' END),
		('refused', 'payment_operation', CASE WHEN t.amount <> o.amount THEN format('it is here with %s, and has become %s', o.amount, t.amount) END),
		('altered', 'document', pg_temp.cleaned('metadata', m.metadata, t.metadata)),
		('altered', 'document', pg_temp.cleaned('note', jsonb_build_object('', m.note), jsonb_build_object('', t.note)))) AS v (outcome, rule, why)
WHERE why IS NOT NULL AND (outcome <> 'refused' OR t.state <> 'unchanged');
DO $$
DECLARE
	refund record;
	payment record;
	rest bigint;
BEGIN
	FOR refund IN SELECT t.* FROM t_refund t JOIN unnest(pg_temp.ids('refund', 'new')) AS u (id) USING (id) ORDER BY created_at, id LOOP
		rest := refund.amount;
		FOR payment IN
			SELECT * FROM (
				SELECT * FROM t_room WHERE id = refund.payment_id
				UNION ALL
				SELECT * FROM t_room WHERE order_id = refund.order_id AND refund.payment_id IS NULL) AS r
			WHERE room > 0 ORDER BY created_at DESC, id DESC
		LOOP
			EXIT WHEN rest = 0;
			INSERT INTO t_part VALUES (refund.id, payment.id, least(rest, payment.room));
			rest := rest - least(rest, payment.room);
		END LOOP;
		IF rest > 0 THEN
			DELETE FROM t_part WHERE refund_id = refund.id;
			INSERT INTO paysession_medusa.report VALUES ('refund', refund.id, 'refused', 'payment_refunded_within_captured',
				format('its amount is %s, %s more than there is left to refund', refund.amount, rest));
		ELSE
			UPDATE t_room SET room = room - p.amount FROM t_part p WHERE p.refund_id = refund.id AND p.payment_id = t_room.id;
		END IF;
	END LOOP;
END
$$;
ANALYZE t_part;

SELECT FROM pg_temp.bring('payment', pg_temp.ids('payment', 'new'),
	'WITH born AS (
		INSERT INTO paysession.payment (id, session_id, cart_id, payment_collection_id, order_id, provider_id, currency_code, amount,
			captured_amount, voided_amount, refunded_amount, data, metadata, captured_at, canceled_at, created_at, updated_at)
		SELECT id, session_id, cart_id, payment_collection_id, order_id, provider_id, currency_code, amount,
			CASE WHEN captured_at IS NULL THEN 0 ELSE amount END, CASE WHEN canceled_at IS NULL THEN 0 ELSE amount END,
			coalesce((SELECT sum(amount) FROM pg_temp.t_part r WHERE r.payment_id = t.id), 0),
			data, metadata, captured_at, canceled_at, created_at, updated_at
		FROM pg_temp.t_payment t WHERE id = ANY ($1)
		RETURNING *),
	asked AS (
		SELECT id, ''capture'' AS kind, amount, true AS final, NULL AS reason, NULL AS note, ''{}''::jsonb AS metadata, NULL AS key, captured_at AS at
		FROM born WHERE captured_at IS NOT NULL
		UNION ALL
		SELECT id, ''void'', amount, false, ''canceled in Medusa'', NULL, ''{}'', NULL, canceled_at FROM born WHERE canceled_at IS NOT NULL
		UNION ALL
		SELECT b.id, ''refund'', r.amount, false, t.reason, t.note, t.metadata, t.id, greatest(b.captured_at, t.created_at)
		FROM born b JOIN pg_temp.t_part r ON r.payment_id = b.id JOIN pg_temp.t_refund t ON t.id = r.refund_id)
	INSERT INTO paysession.payment_operation (id, kind, status, session_id, payment_id, provider_id, amount, final, reason, note, metadata,
		idempotency_key, provider_idempotency_key, created_at, finished_at)
	SELECT o.id, kind, ''succeeded'', b.session_id, b.id, b.provider_id, a.amount, final, reason, note, a.metadata, key, o.id, at, at
	FROM asked a JOIN born b USING (id), LATERAL (SELECT paysession.ps_new_id(''op'', coalesce(b.cart_id, b.payment_collection_id, a.id)) AS id) AS o
	ORDER BY b.id, at, key NULLS FIRST');
SELECT FROM pg_temp.bring('refund', pg_temp.ids('refund', 'new'),
	'SELECT paysession.ps_refund(r.payment_id, r.amount, t.reason, t.note, idempotency_key => t.id, metadata => t.metadata)
	FROM pg_temp.t_refund t JOIN pg_temp.t_part r ON r.refund_id = t.id
	WHERE t.id = ANY ($1) AND NOT EXISTS (
		SELECT FROM paysession.payment_operation o WHERE o.payment_id = r.payment_id AND o.idempotency_key = t.id)');

SELECT FROM pg_temp.bring('cart', pg_temp.ids('cart', 'changed'),
	'UPDATE paysession.cart c SET context = t.context, metadata = t.metadata, sales_channel_id = t.sales_channel_id,
		completed_at = coalesce(c.completed_at, t.completed_at)
	FROM pg_temp.t_cart t WHERE t.id = c.id AND t.id = ANY ($1)');

-- Whatever is written of a collection derives it from its sessions and payments.
SELECT FROM pg_temp.bring('collection', (
		SELECT array_agg(id) FROM t_collection t WHERE state = 'changed' OR id IN (
			SELECT payment_collection_id FROM t_session WHERE state = 'new' UNION SELECT payment_collection_id FROM t_payment WHERE state = 'new')),
	'UPDATE paysession.payment_collection g SET amount = t.amount, description = t.description, metadata = t.metadata
	FROM pg_temp.t_collection t WHERE t.id = g.id AND t.id = ANY ($1)');
SELECT FROM pg_temp.bring('collection', pg_temp.ids('collection', 'changed', 'is_canceled'),
	'SELECT paysession.ps_cancel_collection(id, ''canceled in Medusa'') FROM unnest($1) AS u (id)');

-- What providers have reported here of sessions that were not.
SELECT paysession.ps_resolve(e.provider_id, e.event_id, true, 'its session was brought from Medusa')
FROM (SELECT e.provider_id, e.event_id
	FROM paysession.provider_event e JOIN t_session t ON t.provider_id = e.provider_id AND (t.id = e.session_id OR (e.session_id IS NULL AND t.provider_ref = e.provider_ref))
		JOIN paysession.payment_session s ON s.id = t.id
	WHERE e.outcome = 'parked' AND t.state = 'new' ORDER BY e.received_at, e.event_id) AS e;

-- What came of it all.
CREATE TEMP TABLE t_all ON COMMIT DROP AS
SELECT 1 AS nr, 'provider' AS kind, id, state, mark FROM t_provider
UNION ALL SELECT 2, 'sales_channel', id, state, mark FROM t_sales_channel
UNION ALL SELECT 3, 'cart', id, state, mark FROM t_cart
UNION ALL SELECT 4, 'collection', id, state, mark FROM t_collection
UNION ALL SELECT 5, 'session', id, state, mark FROM t_session
UNION ALL SELECT 6, 'payment', id, state, mark FROM t_payment
UNION ALL SELECT 7, 'refund', id, state, mark FROM t_refund;
UPDATE t_all t SET state = 'refused'
FROM paysession_medusa.report r WHERE r.kind = t.kind AND r.id = t.id AND r.outcome = 'refused';
DELETE FROM paysession_medusa.report r USING t_all t
WHERE r.kind = t.kind AND r.id = t.id AND t.state = 'refused' AND r.outcome <> 'refused';
INSERT INTO paysession_medusa.report
SELECT 'cart', t.id, 'noted', 'cart_total_authorized', format('its order comes to %s, what was authorized before that keeps it at %s', t.total, coalesce(c.total::text, 'null'))
FROM t_cart t JOIN paysession.cart c USING (id) WHERE t.total <> coalesce(c.total, 0)
UNION ALL
SELECT 'payment', t.id, 'noted', 'payment_refunded_within_captured',
	format('it says that %s is refunded, its refunds make it %s', t.amount_refunded, p.refunded_amount)
FROM t_payment t JOIN paysession.payment p USING (id) WHERE t.amount_refunded <> p.refunded_amount
UNION ALL
SELECT m.kind, m.id, 'noted', 'deleted', 'Medusa has deleted it'
FROM paysession_medusa.mark m LEFT JOIN t_all t USING (kind, id) WHERE m.kind <> 'session' AND t.id IS NULL;

INSERT INTO paysession_medusa.mark AS m (kind, id, mark)
SELECT kind, id, mark FROM t_all WHERE state IN ('new', 'changed')
ON CONFLICT (kind, id) DO UPDATE SET mark = excluded.mark;
DELETE FROM t_gone g USING paysession_medusa.report r WHERE r.kind = 'session' AND r.id = g.id AND r.outcome = 'refused';
DELETE FROM paysession_medusa.mark m USING t_gone g WHERE m.kind = 'session' AND m.id = g.id;
INSERT INTO paysession_medusa.run
SELECT now(), k.kind, count(id), count(id) FILTER (WHERE state = 'new'), count(id) FILTER (WHERE state = 'changed'),
	count(id) FILTER (WHERE state = 'unchanged'), count(id) FILTER (WHERE state = 'refused'),
	CASE WHEN k.kind = 'session' THEN (SELECT count(*) FROM t_gone) ELSE 0 END, :'medusa'
FROM unnest('{provider,sales_channel,cart,collection,session,payment,refund}'::text[]) AS k (kind) LEFT JOIN t_all USING (kind)
GROUP BY k.kind;

-- The law has the last word.
DO $$
DECLARE violations text;
BEGIN
	SELECT string_agg(format('rule %s, %s: %s', rule, object, detail), E'\n') INTO violations FROM (SELECT * FROM paysession.ps_check() LIMIT 10) AS v;
	IF violations IS NOT NULL THEN
		RAISE check_violation USING MESSAGE = 'nothing was brought: paysession.ps_check() would not be empty', DETAIL = violations;
	END IF;
END
$$;
COMMIT;

\o
SELECT kind, medusa, new, changed, unchanged, refused, gone FROM paysession_medusa.run
WHERE at = (SELECT max(at) FROM paysession_medusa.run)
ORDER BY array_position('{provider,sales_channel,cart,collection,session,payment,refund}', kind);
SELECT kind, outcome, rule, count(*), min(id) AS "for example", min(why) AS why FROM paysession_medusa.report
GROUP BY kind, outcome, rule ORDER BY kind, outcome DESC, rule;
\echo 'paysession_medusa.report has every row of these.'
