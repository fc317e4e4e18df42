/*
 * compat.h
 *		What differs between PostgreSQL's versions; the only place that asks.
 */
#ifndef PAYSESSION_COMPAT_H
#define PAYSESSION_COMPAT_H

#if PG_VERSION_NUM < 150002 || PG_VERSION_NUM >= 160000
#error "paysession is built for PostgreSQL 15, from 15.2 on"
#endif

#endif							/* PAYSESSION_COMPAT_H */
