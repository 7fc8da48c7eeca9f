/* check.h: the tests' own header. A test is TEST(fact) { … }; its name is the fact it proves.
 * CHECK goes on after a failure and says where; check_main.c runs them all. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "desk.h"

struct check {
    const char *name;
    void (*run)(void);
    struct check *next;
};
void check_add(struct check *);
void check_failed(const char *file, int line, const char *what, const char *seen);

#define TEST(fact)                                                          \
    static void fact(void);                                                 \
    static struct check check_##fact = {#fact, fact, NULL};                 \
    __attribute__((constructor)) static void check_add_##fact(void) {       \
        check_add(&check_##fact);                                           \
    }                                                                       \
    static void fact(void)

#define CHECK(holds)                                                        \
    do {                                                                    \
        if (!(holds)) check_failed(__FILE__, __LINE__, #holds, "");         \
    } while (0)

/* The reply holds the text / does not. */
#define CHECK_HAS(reply, part)                                              \
    do {                                                                    \
        const char *reply_ = (reply);                                       \
        if (!strstr(reply_, part)) check_failed(__FILE__, __LINE__, part, reply_); \
    } while (0)
#define CHECK_HAS_NOT(reply, part)                                          \
    do {                                                                    \
        const char *reply_ = (reply);                                       \
        if (strstr(reply_, part)) check_failed(__FILE__, __LINE__, "not " part, reply_); \
    } while (0)

/* One request; the reply lives until the next one. */
const char *ask(desk *, const char *request);
/* The same, from a format; quotes are written as ' to keep it readable. */
const char *askf(desk *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A desk in memory with a platform, clinic 1 (agent 1, a representative on file), clinic 2
 * (agent 2), and review 1 (rated 1) and 2 (rated 5) of clinic 1. */
desk *desk_with_clinics(const char *path);

/* The SQLite handle of the desk opened last, to look behind it or to spoil it. */
struct sqlite3;
struct sqlite3 *check_sqlite(void);
/* Runs SQL behind the core's back. */
void spoil(const char *sql);
/* What a query answers first; -1 when that is nothing. */
int64_t number(const char *sql);

#define HOST "'actor':{'role':'host'}"
#define PLATFORM "'actor':{'role':'integration'}"
#define ANNA "'actor':{'role':'representative','agent_id':1}"
#define OTHER "'actor':{'role':'representative','agent_id':2}"
#define PATIENT(link) "'actor':{'role':'patient','link_id':" #link "}"

#endif
