/*
 * id.h
 *		New ids, and the route that an id carries.
 */
#ifndef PAYSESSION_ID_H
#define PAYSESSION_ID_H

extern Datum id_new(const char *prefix, uint16 route);
extern uint16 id_route(Datum id);
extern uint16 id_random_route(void);

#endif							/* PAYSESSION_ID_H */
