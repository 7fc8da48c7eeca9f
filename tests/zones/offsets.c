/* Tells what the core's zone table adds to UTC. In: a zone's name on a line, then as many instants
 * as the argument says, 8 bytes each, milliseconds; and so on. Out: 4 bytes each, seconds. A name
 * that the table does not know ends it with that name. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zones.h"

int main(int argc, char **argv) {
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    int64_t *at = calloc(n, sizeof *at);
    int32_t *seconds = calloc(n, sizeof *seconds);
    char name[100];
    while (at && seconds && fgets(name, sizeof name, stdin)) {
        name[strcspn(name, "\n")] = 0;
        const struct zone *zone = zone_find(name);
        if (!zone || fread(at, sizeof *at, n, stdin) != n) {
            fprintf(stderr, "%s\n", name);
            return EXIT_FAILURE;
        }
        for (size_t i = 0; i < n; i++) seconds[i] = (int32_t)(zone_offset_ms(zone, at[i]) / 1000);
        fwrite(seconds, sizeof *seconds, n, stdout);
    }
    free(at);
    free(seconds);
    return EXIT_SUCCESS;
}
