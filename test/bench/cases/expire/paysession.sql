SELECT count(*) FROM paysession.ps_expire(100000);
