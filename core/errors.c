/* errors.c: the entries of errors.h as data. */
#include "errors.h"

#include <assert.h>

static const struct error_info infos[] = {
#define ERR_INFO(name, category, word) {#category "." #word, #category, #word},
    ERRORS(ERR_INFO)
#undef ERR_INFO
};

const struct error_info *error_info(enum err err) {
    assert(err > OK && err < ERR_COUNT);
    return &infos[err - 1];
}

bool err_spoils(enum err err) {
    return err == ERR_FULL || err == ERR_IO || err == ERR_CORRUPT || err == ERR_MEMORY ||
           err == ERR_COMMIT_UNKNOWN;
}
