/* geo.c: the haversine formula with sine, arc sine and root of its own: sums and products are the
 * same on every platform, the functions of libm are not. Refuses nothing: fields.c checked it. */
#include "geo.h"

#include "never.h"

static const double pi = 3.14159265358979323846;
static const double earth_radius_m = 6371008.8;

/* By its series, for -pi/2 to pi/2: what the last of the terms adds is below the precision. */
static double sine(double x) {
    double term = x, sum = x;
    for (int i = 2; i < 30; i += 2) {
        term *= -x * x / (i * (i + 1));
        sum += term;
    }
    return sum;
}

/* By Newton, for 0 to 1, from above: it falls until it cannot come nearer. */
static double root(double x) {
    double at = 1;
    for (int i = 0; x > 0; i++) {
        if (NEVER(i == 64)) break;
        double next = (at + x / at) / 2;
        if (next >= at) break;
        at = next;
    }
    return x > 0 ? at : 0;
}

/* By Newton, for 0 to the root of a half, where the cosine is far from 0. */
static double arc_sine(double x) {
    double at = x;
    for (int i = 0; i < 6; i++) {
        double s = sine(at);
        at += (x - s) / root(1 - s * s);
    }
    return at;
}

static double square_of_sine(double degrees) {
    double s = sine(degrees * pi / 180);
    return s * s;
}

/* For -90 to 90. */
static double cosine(double degrees) {
    return sine((90 - (degrees < 0 ? -degrees : degrees)) * pi / 180);
}

int64_t geo_distance_m(double lat_a, double lon_a, double lat_b, double lon_b) {
    double across = lon_b - lon_a;
    /* The way round the other side is the shorter one, and its half no more than a right angle. */
    if (across > 180) across -= 360;
    if (across < -180) across += 360;
    double h = square_of_sine((lat_b - lat_a) / 2) +
               cosine(lat_a) * cosine(lat_b) * square_of_sine(across / 2);
    double angle = h <= 0.5 ? 2 * arc_sine(root(h)) : pi - 2 * arc_sine(root(1 - h));
    return (int64_t)(angle * earth_radius_m / 100 + 0.5) * 100;
}
