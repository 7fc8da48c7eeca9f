/* native.c: the C side of the bench.
 *   desk_bench core DATABASE FIRST MEASURED   replays lines of requests, prints seconds for
 *                                             those of the second file
 *   desk_bench each DATABASE LINES            replays lines, prints milliseconds for each
 *   desk_bench bare DATABASE COUNT            one row inserted and committed, COUNT times, by
 *                                             SQLite alone with the core's settings
 * It reads clocks and files, which the core must not. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "desk.h"

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void give_up(const char *what, const char *why) {
    fprintf(stderr, "desk_bench: %s: %s\n", what, why);
    exit(1);
}

/* Every reply must be a success: a fast refusal measures nothing. */
static void replay_line(desk *core, const char *line, size_t length) {
    char *room = desk_buffer(core, (uint32_t)length);
    if (!room) give_up("desk_buffer", "out of memory");
    memcpy(room, line, length);
    const char *reply = desk_call(core, (uint32_t)length);
    if (strstr(reply, "\"error\":{")) give_up("refused", reply);
}

/* Seconds for all lines; `each` prints those of every one. */
static double replay(desk *core, const char *path, bool each) {
    FILE *lines = fopen(path, "r");
    if (!lines) give_up(path, "cannot be read");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    double spent = 0;
    while ((length = getline(&line, &room, lines)) > 0) {
        double begun = seconds_now();
        replay_line(core, line, (size_t)length - 1);
        double took = seconds_now() - begun;
        if (each) printf("%.4f\n", took * 1000);
        spent += took;
    }
    free(line);
    fclose(lines);
    return spent;
}

static void run_sql(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) give_up(sql, sqlite3_errmsg(db));
}

static double bare(const char *path, int count) {
    static const char text[] = "Good morning, thank you for telling us. May we call you today?";
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK) give_up(path, "cannot be opened");
    run_sql(db, "pragma locking_mode=exclusive");
    run_sql(db, "pragma journal_mode=wal");
    run_sql(db, "pragma synchronous=full");
    run_sql(db, "create table message (message_id integer primary key autoincrement,"
                " sent_at integer not null, text text not null) strict");
    sqlite3_stmt *insert;
    sqlite3_prepare_v2(db, "insert into message (sent_at, text) values (?, ?)", -1, &insert, NULL);
    double begun = seconds_now();
    for (int i = 0; i < count; i += 1) {
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, text, -1, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE) give_up("insert", sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    double spent = seconds_now() - begun;
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return spent;
}

int main(int count, char **arguments) {
    if (count == 4 && strcmp(arguments[1], "bare") == 0) {
        printf("%.6f\n", bare(arguments[2], atoi(arguments[3])));
        return 0;
    }
    bool each = count == 4 && strcmp(arguments[1], "each") == 0;
    if (!each && (count != 5 || strcmp(arguments[1], "core") != 0)) {
        fputs("usage: desk_bench core DATABASE FIRST MEASURED | each DATABASE LINES"
              " | bare DATABASE COUNT\n", stderr);
        return 2;
    }
    desk *core = desk_open(arguments[2]);
    if (!core) give_up("desk_open", "out of memory");
    replay(core, arguments[3], each);
    if (!each) printf("%.6f\n", replay(core, arguments[4], false));
    desk_close(core);
    return 0;
}
