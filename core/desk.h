/* desk.h: a clinic's front desk as one deterministic machine.
 *
 * Single-threaded per handle. The core performs no I/O except on its own database, reads no clock,
 * no entropy, no locale and no environment: every request carries `now`, and the same requests
 * in the same order give the same replies and the same database on every build.
 *
 * A request is a JSON text in UTF-8:
 *   {"op":"review_chat.post","now":1772438400000,"actor":{"role":"patient","link_id":41},
 *    "id":"any text <= 64, unique per intent","in":{"review_chat_id":7,"text":"..."}}
 * or a batch, {"now":...,"batch":[request, ...]}: each request is atomic by itself and all of them
 * share one commit (one fsync). `id` is the idempotency key: a repeated id returns the stored reply
 * and changes nothing. Times are integer milliseconds UTC.
 *
 * A reply is {"ok":{...},"rev":17,"wake_at":...|null,"pending":2} or
 * {"error":{"category","code","field","message","rule"},"rev","wake_at","pending"}. Categories:
 * invalid, refused, missing, denied, busy, storage, bug. `wake_at` is when clock.tick is due next,
 * `pending` counts the effects that may be taken now (up to 20).
 *
 * Pointers returned here belong to the handle and live until its next call. */
#ifndef DESK_H
#define DESK_H

#include <stdint.h>

#if defined(__GNUC__)
#define DESK_API __attribute__((visibility("default")))
#else
#define DESK_API
#endif

typedef struct desk desk;

/* The version of this interface; a binding refuses to load another one. */
DESK_API uint32_t desk_abi(void);

/* Opens or creates the database file at `path` (":memory:" keeps nothing). Returns NULL only when
 * out of memory: with a bad or newer database every call replies with a storage.* error. */
DESK_API desk *desk_open(const char *path);

/* Closes the handle. What a commit acknowledged stays; a held transaction is rolled back. */
DESK_API void desk_close(desk *);

/* Room for a request of `size` bytes, owned by the handle; NULL when out of memory. */
DESK_API char *desk_buffer(desk *, uint32_t size);

/* Handles the first `size` bytes of the buffer and returns the reply, NUL-terminated JSON. */
DESK_API const char *desk_call(desk *, uint32_t size);

/* The length in bytes of the reply returned last. */
DESK_API uint32_t desk_reply_size(const desk *);

/* Every op, field, machine, effect, policy and error as one JSON text; lives as long as the
 * program. */
DESK_API const char *desk_describe(void);

#endif
