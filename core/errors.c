/* errors.c: the entries of errors.h as data. Decides nothing. */
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
