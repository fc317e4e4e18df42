/*
 * pan.h
 *		Card numbers and security codes in text.  Pure.
 */
#ifndef PAYSESSION_PAN_H
#define PAYSESSION_PAN_H

#include <stdbool.h>
#include <stddef.h>

extern bool pan_find(const char *s, size_t len, size_t *start, size_t *end);
extern bool pan_is_secret_key(const char *key, size_t len);

#endif							/* PAYSESSION_PAN_H */
