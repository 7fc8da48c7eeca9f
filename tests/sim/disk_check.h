/* disk_check.h: whether the simulated disk itself is true, asked before anything is built on it. */
#ifndef DISK_CHECK_H
#define DISK_CHECK_H

/* NULL, or what it got wrong. Installs the disk if nobody has, and leaves it formatted. */
const char *disk_check(void);

#endif
