-- What Medusa 1.20 keeps carts, orders and payments in: the tables, indexes and
-- foreign keys among them as its migrations make them, in any database.  Of
-- "order" there is what payments have to do with.

CREATE TYPE public.cart_type_enum AS ENUM ('default', 'swap', 'draft_order', 'payment_link', 'claim');
CREATE TYPE public.discount_rule_type_enum AS ENUM ('fixed', 'percentage', 'free_shipping');
CREATE TYPE public.discount_rule_allocation_enum AS ENUM ('total', 'item');
CREATE TYPE public.payment_session_status_enum AS ENUM ('authorized', 'pending', 'requires_more', 'error', 'canceled');
CREATE TYPE public.refund_reason_enum AS ENUM ('discount', 'return', 'swap', 'claim', 'other');
CREATE TYPE public."PAYMENT_COLLECTION_STATUS_ENUM" AS ENUM ('not_paid', 'awaiting', 'authorized', 'partially_authorized', 'canceled');
CREATE TYPE public."PAYMENT_COLLECTION_TYPE_ENUM" AS ENUM ('order_edit');

CREATE TABLE public.cart (
	id character varying NOT NULL,
	email character varying,
	billing_address_id character varying,
	shipping_address_id character varying,
	region_id character varying NOT NULL,
	customer_id character varying,
	payment_id character varying,
	type public.cart_type_enum DEFAULT 'default'::public.cart_type_enum NOT NULL,
	completed_at timestamp with time zone,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	metadata jsonb,
	idempotency_key character varying,
	context jsonb,
	payment_authorized_at timestamp with time zone,
	sales_channel_id character varying
);
CREATE TABLE public.cart_discounts (
	cart_id character varying NOT NULL,
	discount_id character varying NOT NULL
);
CREATE TABLE public.cart_gift_cards (
	cart_id character varying NOT NULL,
	gift_card_id character varying NOT NULL
);
CREATE TABLE public.currency (
	code character varying NOT NULL,
	symbol character varying NOT NULL,
	symbol_native character varying NOT NULL,
	name character varying NOT NULL
);
CREATE TABLE public.discount (
	id character varying NOT NULL,
	code character varying NOT NULL,
	is_dynamic boolean NOT NULL,
	rule_id character varying,
	is_disabled boolean NOT NULL,
	parent_discount_id character varying,
	starts_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
	ends_at timestamp with time zone,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	metadata jsonb,
	usage_limit integer,
	usage_count integer DEFAULT 0 NOT NULL,
	valid_duration character varying
);
CREATE TABLE public.discount_rule (
	id character varying NOT NULL,
	description character varying,
	type public.discount_rule_type_enum NOT NULL,
	value integer NOT NULL,
	allocation public.discount_rule_allocation_enum,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	metadata jsonb
);
CREATE TABLE public.gift_card (
	id character varying NOT NULL,
	code character varying NOT NULL,
	value integer NOT NULL,
	balance integer NOT NULL,
	region_id character varying NOT NULL,
	order_id character varying,
	is_disabled boolean DEFAULT false NOT NULL,
	ends_at timestamp with time zone,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	metadata jsonb,
	tax_rate real
);
CREATE TABLE public.gift_card_transaction (
	id character varying NOT NULL,
	gift_card_id character varying NOT NULL,
	order_id character varying NOT NULL,
	amount integer NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	is_taxable boolean,
	tax_rate real
);
CREATE TABLE public.line_item (
	id character varying NOT NULL,
	cart_id character varying,
	order_id character varying,
	swap_id character varying,
	title character varying NOT NULL,
	description character varying,
	thumbnail character varying,
	is_giftcard boolean DEFAULT false NOT NULL,
	should_merge boolean DEFAULT true NOT NULL,
	allow_discounts boolean DEFAULT true NOT NULL,
	has_shipping boolean,
	unit_price integer NOT NULL,
	variant_id character varying,
	quantity integer NOT NULL,
	fulfilled_quantity integer,
	returned_quantity integer,
	shipped_quantity integer,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb,
	claim_order_id character varying,
	is_return boolean DEFAULT false NOT NULL,
	original_item_id character varying,
	order_edit_id character varying,
	CONSTRAINT "CHK_0cd85e15610d11b553d5e8fda6" CHECK ((shipped_quantity <= fulfilled_quantity)),
	CONSTRAINT "CHK_64eef00a5064887634f1680866" CHECK ((quantity > 0)),
	CONSTRAINT "CHK_91f40396d847f6ecfd9f752bf8" CHECK ((returned_quantity <= quantity)),
	CONSTRAINT "CHK_c61716c68f5ad5de2834c827d3" CHECK ((fulfilled_quantity <= quantity))
);
CREATE TABLE public.line_item_adjustment (
	id character varying NOT NULL,
	item_id character varying NOT NULL,
	description character varying NOT NULL,
	discount_id character varying,
	amount numeric NOT NULL,
	metadata jsonb
);
CREATE TABLE public.line_item_tax_line (
	id character varying NOT NULL,
	rate real NOT NULL,
	name character varying NOT NULL,
	code character varying,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb,
	item_id character varying NOT NULL
);
CREATE TABLE public.payment (
	id character varying NOT NULL,
	swap_id character varying,
	cart_id character varying,
	order_id character varying,
	amount integer NOT NULL,
	currency_code character varying NOT NULL,
	amount_refunded integer DEFAULT 0 NOT NULL,
	provider_id character varying NOT NULL,
	data jsonb NOT NULL,
	captured_at timestamp with time zone,
	canceled_at timestamp with time zone,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb,
	idempotency_key character varying
);
CREATE TABLE public.payment_collection (
	id character varying NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	type public."PAYMENT_COLLECTION_TYPE_ENUM" NOT NULL,
	status public."PAYMENT_COLLECTION_STATUS_ENUM" NOT NULL,
	description text,
	amount integer NOT NULL,
	authorized_amount integer,
	region_id character varying NOT NULL,
	currency_code character varying NOT NULL,
	metadata jsonb,
	created_by character varying NOT NULL
);
CREATE TABLE public.payment_collection_payments (
	payment_collection_id character varying NOT NULL,
	payment_id character varying NOT NULL
);
CREATE TABLE public.payment_collection_sessions (
	payment_collection_id character varying NOT NULL,
	payment_session_id character varying NOT NULL
);
CREATE TABLE public.payment_provider (
	id character varying NOT NULL,
	is_installed boolean DEFAULT true NOT NULL
);
CREATE TABLE public.payment_session (
	id character varying NOT NULL,
	cart_id character varying,
	provider_id character varying NOT NULL,
	is_selected boolean,
	status public.payment_session_status_enum NOT NULL,
	data jsonb NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	idempotency_key character varying,
	payment_authorized_at timestamp with time zone,
	amount integer,
	is_initiated boolean DEFAULT false NOT NULL
);
CREATE TABLE public.refund (
	id character varying NOT NULL,
	order_id character varying,
	amount integer NOT NULL,
	note character varying,
	reason public.refund_reason_enum NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb,
	idempotency_key character varying,
	payment_id character varying
);
CREATE TABLE public.region (
	id character varying NOT NULL,
	name character varying NOT NULL,
	currency_code character varying NOT NULL,
	tax_rate real NOT NULL,
	tax_code character varying,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	metadata jsonb,
	gift_cards_taxable boolean DEFAULT true NOT NULL,
	automatic_taxes boolean DEFAULT true NOT NULL,
	tax_provider_id character varying
);
CREATE TABLE public.sales_channel (
	id character varying NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	deleted_at timestamp with time zone,
	name character varying NOT NULL,
	description character varying,
	is_disabled boolean DEFAULT false NOT NULL,
	metadata jsonb
);
CREATE TABLE public.shipping_method (
	id character varying NOT NULL,
	shipping_option_id character varying NOT NULL,
	order_id character varying,
	cart_id character varying,
	swap_id character varying,
	return_id character varying,
	price integer NOT NULL,
	data jsonb NOT NULL,
	claim_order_id character varying,
	CONSTRAINT "CHK_64c6812fe7815be30d688df513" CHECK ((price >= 0)),
	CONSTRAINT "CHK_a7020b08665bbd64d84a6641cf" CHECK (((claim_order_id IS NOT NULL) OR (order_id IS NOT NULL) OR (cart_id IS NOT NULL) OR (swap_id IS NOT NULL) OR (return_id IS NOT NULL)))
);
CREATE TABLE public.shipping_method_tax_line (
	id character varying NOT NULL,
	rate real NOT NULL,
	name character varying NOT NULL,
	code character varying,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	updated_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb,
	shipping_method_id character varying NOT NULL
);
CREATE TABLE public."order" (
	id character varying NOT NULL,
	cart_id character varying,
	region_id character varying NOT NULL,
	currency_code character varying NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY public."order"
	ADD CONSTRAINT "PK_1031171c13130102495201e3e20" PRIMARY KEY (id);
ALTER TABLE ONLY public.payment_session
	ADD CONSTRAINT "OneSelected" UNIQUE (cart_id, is_selected);
ALTER TABLE ONLY public.cart_discounts
	ADD CONSTRAINT "PK_10bd412c9071ccc0cf555afd9bb" PRIMARY KEY (cart_id, discount_id);
ALTER TABLE ONLY public.cart_gift_cards
	ADD CONSTRAINT "PK_2389be82bf0ef3635e2014c9ef1" PRIMARY KEY (cart_id, gift_card_id);
ALTER TABLE ONLY public.line_item_adjustment
	ADD CONSTRAINT "PK_2b1360103753df2dc8257c2c8c3" PRIMARY KEY (id);
ALTER TABLE ONLY public.line_item_tax_line
	ADD CONSTRAINT "PK_4a0f4322fcd5ce4af85727f89a8" PRIMARY KEY (id);
ALTER TABLE ONLY public.shipping_method_tax_line
	ADD CONSTRAINT "PK_54c94f5908aacbd51cf0a73edb1" PRIMARY KEY (id);
ALTER TABLE ONLY public.region
	ADD CONSTRAINT "PK_5f48ffc3af96bc486f5f3f3a6da" PRIMARY KEY (id);
ALTER TABLE ONLY public.currency
	ADD CONSTRAINT "PK_723472e41cae44beb0763f4039c" PRIMARY KEY (code);
ALTER TABLE ONLY public.payment_session
	ADD CONSTRAINT "PK_a1a91b20f7f3b1e5afb5485cbcd" PRIMARY KEY (id);
ALTER TABLE ONLY public.discount_rule
	ADD CONSTRAINT "PK_ac2c280de3701b2d66f6817f760" PRIMARY KEY (id);
ALTER TABLE ONLY public.gift_card
	ADD CONSTRAINT "PK_af4e338d2d41035042843ad641f" PRIMARY KEY (id);
ALTER TABLE ONLY public.shipping_method
	ADD CONSTRAINT "PK_b9b0adfad3c6b99229c1e7d4865" PRIMARY KEY (id);
ALTER TABLE ONLY public.cart
	ADD CONSTRAINT "PK_c524ec48751b9b5bcfbf6e59be7" PRIMARY KEY (id);
ALTER TABLE ONLY public.line_item
	ADD CONSTRAINT "PK_cce6b13e67fa506d1d9618ac68b" PRIMARY KEY (id);
ALTER TABLE ONLY public.gift_card_transaction
	ADD CONSTRAINT "PK_cfb5b4ba5447a507aef87d73fe7" PRIMARY KEY (id);
ALTER TABLE ONLY public.discount
	ADD CONSTRAINT "PK_d05d8712e429673e459e7f1cddb" PRIMARY KEY (id);
ALTER TABLE ONLY public.sales_channel
	ADD CONSTRAINT "PK_d1eb0b923ea5a0eb1e0916191f1" PRIMARY KEY (id);
ALTER TABLE ONLY public.payment_provider
	ADD CONSTRAINT "PK_ea94f42b6c88e9191c3649d7522" PRIMARY KEY (id);
ALTER TABLE ONLY public.refund
	ADD CONSTRAINT "PK_f1cefa2e60d99b206c46c1116e5" PRIMARY KEY (id);
ALTER TABLE ONLY public.payment
	ADD CONSTRAINT "PK_fcaec7df5adf9cac408c686b2ab" PRIMARY KEY (id);
ALTER TABLE ONLY public.payment_collection
	ADD CONSTRAINT "PK_payment_collection_id" PRIMARY KEY (id);
ALTER TABLE ONLY public.payment_collection_payments
	ADD CONSTRAINT "PK_payment_collection_payments" PRIMARY KEY (payment_collection_id, payment_id);
ALTER TABLE ONLY public.payment_collection_sessions
	ADD CONSTRAINT "PK_payment_collection_sessions" PRIMARY KEY (payment_collection_id, payment_session_id);
ALTER TABLE ONLY public.shipping_method
	ADD CONSTRAINT "REL_1d9ad62038998c3a85c77a53cf" UNIQUE (return_id);
ALTER TABLE ONLY public.cart
	ADD CONSTRAINT "REL_9d1a161434c610aae7c3df2dc7" UNIQUE (payment_id);
ALTER TABLE ONLY public.payment
	ADD CONSTRAINT "REL_c17aff091441b7c25ec3d68d36" UNIQUE (swap_id);
ALTER TABLE ONLY public.line_item_tax_line
	ADD CONSTRAINT "UQ_3c2af51043ed7243e7d9775a2ad" UNIQUE (item_id, code);
ALTER TABLE ONLY public.shipping_method_tax_line
	ADD CONSTRAINT "UQ_cd147fca71e50bc954139fa3104" UNIQUE (shipping_method_id, code);
ALTER TABLE ONLY public.gift_card_transaction
	ADD CONSTRAINT gcuniq UNIQUE (gift_card_id, order_id);
ALTER TABLE ONLY public."order"
	ADD CONSTRAINT "REL_c99a206eb11ad45f6b7f04f2dc" UNIQUE (cart_id);
CREATE INDEX "IDX_0fb38b6d167793192bc126d835" ON public.cart_gift_cards USING btree (gift_card_id);
CREATE INDEX "IDX_118e3c48f09a7728f41023c94e" ON public.line_item USING btree (claim_order_id);
CREATE INDEX "IDX_1d9ad62038998c3a85c77a53cf" ON public.shipping_method USING btree (return_id);
CREATE INDEX "IDX_242205c81c1152fab1b6e84847" ON public.cart USING btree (customer_id);
CREATE INDEX "IDX_27283ee631862266d0f1c68064" ON public.line_item USING btree (cart_id);
CREATE INDEX "IDX_2f41b20a71f30e60471d7e3769" ON public.line_item_adjustment USING btree (discount_id);
CREATE INDEX "IDX_3fa354d8d1233ff81097b2fcb6" ON public.line_item USING btree (swap_id);
CREATE INDEX "IDX_43a2b24495fe1d9fc2a9c835bc" ON public.line_item USING btree (order_id);
CREATE INDEX "IDX_4665f17abc1e81dd58330e5854" ON public.payment USING btree (cart_id);
CREATE INDEX "IDX_484c329f4783be4e18e5e2ff09" ON public.cart USING btree (region_id);
CREATE INDEX "IDX_5077fa54b0d037e984385dfe8a" ON public.line_item_tax_line USING btree (item_id);
CREATE INDEX "IDX_5267705a43d547e232535b656c" ON public.shipping_method USING btree (order_id);
CREATE INDEX "IDX_5371cbaa3be5200f373d24e3d5" ON public.line_item USING btree (variant_id);
CREATE UNIQUE INDEX "IDX_53cb5605fa42e82b4d47b47bda" ON public.gift_card USING btree (code);
CREATE INDEX "IDX_6680319ebe1f46d18f106191d5" ON public.cart_discounts USING btree (cart_id);
CREATE INDEX "IDX_6b9c66b5e36f7c827dfaa092f9" ON public.cart USING btree (billing_address_id);
CREATE INDEX "IDX_8df75ef4f35f217768dc113545" ON public.cart_discounts USING btree (discount_id);
CREATE INDEX "IDX_926ca9f29014af8091722dede0" ON public.shipping_method_tax_line USING btree (shipping_method_id);
CREATE INDEX "IDX_9d1a161434c610aae7c3df2dc7" ON public.cart USING btree (payment_id);
CREATE INDEX "IDX_aac4855eadda71aa1e4b6d7684" ON public.payment USING btree (cart_id) WHERE (canceled_at IS NOT NULL);
CREATE INDEX "IDX_ac2c280de3701b2d66f6817f76" ON public.discount USING btree (rule_id);
CREATE INDEX "IDX_b6bcf8c3903097b84e85154eed" ON public.gift_card USING btree (region_id);
CREATE INDEX "IDX_be9aea2ccf3567007b6227da4d" ON public.line_item_adjustment USING btree (item_id);
CREATE UNIQUE INDEX "IDX_bf701b88d2041392a288785ada" ON public.line_item_adjustment USING btree (discount_id, item_id) WHERE (discount_id IS NOT NULL);
CREATE INDEX "IDX_c17aff091441b7c25ec3d68d36" ON public.payment USING btree (swap_id);
CREATE INDEX "IDX_ced15a9a695d2b5db9dabce763" ON public.cart USING btree (shipping_address_id);
CREATE INDEX "IDX_d18ad72f2fb7c87f075825b6f8" ON public.payment_session USING btree (provider_id);
CREATE INDEX "IDX_d25ba0787e1510ddc5d442ebcf" ON public.payment_session USING btree (cart_id);
CREATE INDEX "IDX_d38047a90f3d42f0be7909e8ae" ON public.cart_gift_cards USING btree (cart_id);
CREATE INDEX "IDX_d783a66d1c91c0858752c933e6" ON public.shipping_method USING btree (claim_order_id);
CREATE INDEX "IDX_d7d441b81012f87d4265fa57d2" ON public.gift_card_transaction USING btree (order_id);
CREATE INDEX "IDX_d92993a7d554d84571f4eea1d1" ON public.shipping_method USING btree (cart_id);
CREATE INDEX "IDX_dfc1f02bb0552e79076aa58dbb" ON public.gift_card USING btree (order_id);
CREATE INDEX "IDX_ea94f42b6c88e9191c3649d752" ON public.payment USING btree (provider_id);
CREATE INDEX "IDX_eec9d9af4ca098e19ea6b499ea" ON public.refund USING btree (order_id);
CREATE INDEX "IDX_f5221735ace059250daac9d980" ON public.payment USING btree (order_id);
CREATE UNIQUE INDEX "IDX_f65bf52e2239ace276ece2b2f4" ON public.discount USING btree (code) WHERE (deleted_at IS NULL);
CREATE INDEX "IDX_fb94fa8d5ca940daa2a58139f8" ON public.shipping_method USING btree (swap_id);
CREATE INDEX "IDX_fc963e94854bff2714ca84cd19" ON public.shipping_method USING btree (shipping_option_id);
CREATE INDEX "IDX_payment_collection_currency_code" ON public.payment_collection USING btree (currency_code) WHERE (deleted_at IS NULL);
CREATE INDEX "IDX_payment_collection_payments_payment_collection_id" ON public.payment_collection_payments USING btree (payment_collection_id);
CREATE INDEX "IDX_payment_collection_payments_payment_id" ON public.payment_collection_payments USING btree (payment_id);
CREATE INDEX "IDX_payment_collection_region_id" ON public.payment_collection USING btree (region_id) WHERE (deleted_at IS NULL);
CREATE INDEX "IDX_payment_collection_sessions_payment_collection_id" ON public.payment_collection_sessions USING btree (payment_collection_id);
CREATE INDEX "IDX_payment_collection_sessions_payment_session_id" ON public.payment_collection_sessions USING btree (payment_session_id);
CREATE INDEX "IDX_payment_currency_code" ON public.payment USING btree (currency_code);
CREATE INDEX "IDX_refund_payment_id" ON public.refund USING btree (payment_id);
CREATE INDEX "IDX_region_currency_code" ON public.region USING btree (currency_code);
CREATE UNIQUE INDEX "UniqPaymentSessionCartIdProviderId" ON public.payment_session USING btree (cart_id, provider_id) WHERE (cart_id IS NOT NULL);
CREATE UNIQUE INDEX "UniquePaymentActive" ON public.payment USING btree (cart_id) WHERE (canceled_at IS NULL);
CREATE UNIQUE INDEX unique_li_original_item_id_order_edit_id ON public.line_item USING btree (order_edit_id, original_item_id) WHERE ((original_item_id IS NOT NULL) AND (order_edit_id IS NOT NULL));
ALTER TABLE ONLY public.cart_gift_cards
	ADD CONSTRAINT "FK_0fb38b6d167793192bc126d835e" FOREIGN KEY (gift_card_id) REFERENCES public.gift_card(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.discount
	ADD CONSTRAINT "FK_2250c5d9e975987ab212f61a663" FOREIGN KEY (parent_discount_id) REFERENCES public.discount(id);
ALTER TABLE ONLY public.line_item
	ADD CONSTRAINT "FK_27283ee631862266d0f1c680646" FOREIGN KEY (cart_id) REFERENCES public.cart(id);
ALTER TABLE ONLY public.line_item_adjustment
	ADD CONSTRAINT "FK_2f41b20a71f30e60471d7e3769c" FOREIGN KEY (discount_id) REFERENCES public.discount(id);
ALTER TABLE ONLY public.region
	ADD CONSTRAINT "FK_3bdd5896ec93be2f1c62a3309a5" FOREIGN KEY (currency_code) REFERENCES public.currency(code);
ALTER TABLE ONLY public.gift_card_transaction
	ADD CONSTRAINT "FK_3ff5597f1d7e02bba41541846f4" FOREIGN KEY (gift_card_id) REFERENCES public.gift_card(id);
ALTER TABLE ONLY public.line_item
	ADD CONSTRAINT "FK_43a2b24495fe1d9fc2a9c835bc7" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.payment
	ADD CONSTRAINT "FK_4665f17abc1e81dd58330e58542" FOREIGN KEY (cart_id) REFERENCES public.cart(id);
ALTER TABLE ONLY public.cart
	ADD CONSTRAINT "FK_484c329f4783be4e18e5e2ff090" FOREIGN KEY (region_id) REFERENCES public.region(id);
ALTER TABLE ONLY public.line_item_tax_line
	ADD CONSTRAINT "FK_5077fa54b0d037e984385dfe8ad" FOREIGN KEY (item_id) REFERENCES public.line_item(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.shipping_method
	ADD CONSTRAINT "FK_5267705a43d547e232535b656c2" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.cart_discounts
	ADD CONSTRAINT "FK_6680319ebe1f46d18f106191d59" FOREIGN KEY (cart_id) REFERENCES public.cart(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.cart_discounts
	ADD CONSTRAINT "FK_8df75ef4f35f217768dc1135458" FOREIGN KEY (discount_id) REFERENCES public.discount(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.shipping_method_tax_line
	ADD CONSTRAINT "FK_926ca9f29014af8091722dede08" FOREIGN KEY (shipping_method_id) REFERENCES public.shipping_method(id);
ALTER TABLE ONLY public.cart
	ADD CONSTRAINT "FK_9d1a161434c610aae7c3df2dc7e" FOREIGN KEY (payment_id) REFERENCES public.payment(id);
ALTER TABLE ONLY public.cart
	ADD CONSTRAINT "FK_a2bd3c26f42e754b9249ba78fd6" FOREIGN KEY (sales_channel_id) REFERENCES public.sales_channel(id);
ALTER TABLE ONLY public.discount
	ADD CONSTRAINT "FK_ac2c280de3701b2d66f6817f760" FOREIGN KEY (rule_id) REFERENCES public.discount_rule(id);
ALTER TABLE ONLY public.gift_card
	ADD CONSTRAINT "FK_b6bcf8c3903097b84e85154eed3" FOREIGN KEY (region_id) REFERENCES public.region(id);
ALTER TABLE ONLY public.line_item_adjustment
	ADD CONSTRAINT "FK_be9aea2ccf3567007b6227da4d2" FOREIGN KEY (item_id) REFERENCES public.line_item(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.payment_session
	ADD CONSTRAINT "FK_d25ba0787e1510ddc5d442ebcfa" FOREIGN KEY (cart_id) REFERENCES public.cart(id);
ALTER TABLE ONLY public.cart_gift_cards
	ADD CONSTRAINT "FK_d38047a90f3d42f0be7909e8aea" FOREIGN KEY (cart_id) REFERENCES public.cart(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.gift_card_transaction
	ADD CONSTRAINT "FK_d7d441b81012f87d4265fa57d24" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.shipping_method
	ADD CONSTRAINT "FK_d92993a7d554d84571f4eea1d13" FOREIGN KEY (cart_id) REFERENCES public.cart(id);
ALTER TABLE ONLY public.gift_card
	ADD CONSTRAINT "FK_dfc1f02bb0552e79076aa58dbb0" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.refund
	ADD CONSTRAINT "FK_eec9d9af4ca098e19ea6b499eaa" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.payment
	ADD CONSTRAINT "FK_f41553459a4b1491c9893ebc921" FOREIGN KEY (currency_code) REFERENCES public.currency(code);
ALTER TABLE ONLY public.payment
	ADD CONSTRAINT "FK_f5221735ace059250daac9d9803" FOREIGN KEY (order_id) REFERENCES public."order"(id);
ALTER TABLE ONLY public.payment_collection_payments
	ADD CONSTRAINT "FK_payment_collection_payments_payment_collection_id" FOREIGN KEY (payment_collection_id) REFERENCES public.payment_collection(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.payment_collection_payments
	ADD CONSTRAINT "FK_payment_collection_payments_payment_id" FOREIGN KEY (payment_id) REFERENCES public.payment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.payment_collection
	ADD CONSTRAINT "FK_payment_collection_region_id" FOREIGN KEY (region_id) REFERENCES public.region(id);
ALTER TABLE ONLY public.payment_collection_sessions
	ADD CONSTRAINT "FK_payment_collection_sessions_payment_collection_id" FOREIGN KEY (payment_collection_id) REFERENCES public.payment_collection(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.payment_collection_sessions
	ADD CONSTRAINT "FK_payment_collection_sessions_payment_session_id" FOREIGN KEY (payment_session_id) REFERENCES public.payment_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.refund
	ADD CONSTRAINT "FK_refund_payment_id" FOREIGN KEY (payment_id) REFERENCES public.payment(id);
ALTER TABLE ONLY public.line_item
	ADD CONSTRAINT line_item_original_item_fk FOREIGN KEY (original_item_id) REFERENCES public.line_item(id);
ALTER TABLE ONLY public."order"
	ADD CONSTRAINT "FK_c99a206eb11ad45f6b7f04f2dcc" FOREIGN KEY (cart_id) REFERENCES public.cart(id);
ALTER TABLE ONLY public."order"
	ADD CONSTRAINT "FK_e1fcce2b18dbcdbe0a5ba9a68b8" FOREIGN KEY (region_id) REFERENCES public.region(id);
