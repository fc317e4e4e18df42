CREATE EXTENSION paysession VERSION '1.0.0';
SELECT paysession.ps_put_provider('stripe', session_ttl => '1 day');
