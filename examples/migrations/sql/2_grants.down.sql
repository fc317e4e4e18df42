REVOKE ALL ON SCHEMA paysession FROM :"app";
REVOKE ALL ON TYPE paysession.payment_session_status FROM :"app";
REVOKE ALL ON ALL TABLES IN SCHEMA paysession FROM :"app";
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA paysession FROM :"app";
