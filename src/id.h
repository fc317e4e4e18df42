/*
 * id.h
 *		New ids, and the route that an id carries.
 */
#ifndef PAYSESSION_ID_H
#define PAYSESSION_ID_H

extern Datum id_new(const char *prefix, uint16 route);
extern bool id_is_made(Datum id, const char *prefix);
extern uint16 id_route(Datum id);
extern void id_check_owned(Datum id);
extern uint16 id_random_route(void);

#endif							/* PAYSESSION_ID_H */
