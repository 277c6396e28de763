/*
 * For pcscd, loaded before everything else. vpcd sends the length of a command and the command one after the other, and
 * the system keeps the second back until the first is acknowledged: 40 ms and more, twice for each command. Connections
 * that are accepted send at once here (RFC 896, TCP_NODELAY).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int accept(int listener, struct sockaddr *address, socklen_t *length)
{
	int (*next)(int, struct sockaddr *, socklen_t *) =
		(int (*)(int, struct sockaddr *, socklen_t *))dlsym(RTLD_NEXT, "accept");
	int connection = next(listener, address, length);
	int on = 1;
	if (connection >= 0)
		setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return connection;
}
