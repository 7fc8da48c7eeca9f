/* geo.h: how far two places are apart. Plain arithmetic without the platform's libm, so that every
 * build measures the same. */
#ifndef GEO_H
#define GEO_H

#include <stdint.h>

/* Metres along the great circle between two places given in degrees, to the nearest 100. */
int64_t geo_distance_m(double lat_a, double lon_a, double lat_b, double lon_b);

#endif
