/* pages.h: how pages go into the database file. */
#ifndef PAGES_H
#define PAGES_H

/* The name of a VFS that does as the one named (NULL: the default) and wipes what lies unused in a
 * page of rows before it is stored; NULL when there is no such VFS. */
const char *pages_vfs(const char *like);

#endif
