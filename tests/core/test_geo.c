/* Distances against values of the haversine formula computed elsewhere, to the 100 metres that are
 * promised; the scenarios prove that every build says the same. */
#include "check.h"

#include "geo.h"

TEST(distances_between_cities_are_right) {
    CHECK(geo_distance_m(52.2297, 21.0122, 50.0647, 19.9450) == 252000);    /* Warsaw, Krakow */
    CHECK(geo_distance_m(55.7558, 37.6173, 59.9343, 30.3351) == 633000);    /* Moscow, Petersburg */
    CHECK(geo_distance_m(40.7128, -74.0060, -33.8688, 151.2093) == 15988800); /* New York, Sydney */
}

TEST(distances_are_the_same_both_ways) {
    for (int lat = -90; lat <= 90; lat += 15)
        for (int lon = -180; lon <= 180; lon += 30)
            CHECK(geo_distance_m(52.2297, 21.0122, lat, lon) ==
                  geo_distance_m(lat, lon, 52.2297, 21.0122));
}

TEST(a_place_is_no_way_from_itself) {
    CHECK(geo_distance_m(52.2297, 21.0122, 52.2297, 21.0122) == 0);
    CHECK(geo_distance_m(90, 0, 90, 120) == 0);
    CHECK(geo_distance_m(10, 180, 10, -180) == 0);
    CHECK(geo_distance_m(52.2297, 21.0122, 52.2300, 21.0125) == 0);
}

TEST(half_the_earth_is_the_longest_way) {
    CHECK(geo_distance_m(0, 0, 0, 180) == 20015100);
    CHECK(geo_distance_m(90, 0, -90, 77) == 20015100);
    CHECK(geo_distance_m(1, 2, -1, -178) == 20015100);
}

TEST(the_short_way_goes_over_the_date_line_and_over_the_pole) {
    CHECK(geo_distance_m(65, 179.9, 65, -179.9) == 9400);
    CHECK(geo_distance_m(89.9, 0, 89.9, 180) == 22200);
}
