/* mutate.h: sequences of requests, one a line, as the command form takes them, changed as a whole:
 * a request more or less, another actor, a jump of the clock, a repeated key, a batch made or
 * opened. A line that is no JSON is kept and mutated as bytes. Next: grammar.h. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* As libFuzzer's custom mutator: the new size of what is in `bytes`, at most `room`. */
size_t mutate_lines(uint8_t *bytes, size_t size, size_t room, unsigned seed);

/* As its crossover: lines of both, in their order. */
size_t mutate_cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
                    uint8_t *ret_bytes, size_t room, unsigned seed);

#endif
