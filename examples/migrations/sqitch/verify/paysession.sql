SELECT 1 / count(*) FROM paysession.payment_provider WHERE id = 'stripe';
