#!/bin/sh
# serving.sh PORT SERVICE: succeeds when the gRPC health check of 127.0.0.1:PORT says that SERVICE is serving.
# In busybox alone, because the server's image has nothing else: the call is written out as HTTP/2 frames, and the
# answer is known by its bytes. A port that is merely open does not pass.
set -eu

byte() { printf '%b' "\\0$(printf %o "$1")"; }

request() {
    length=${#1}
    printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
    printf '\0\0\0\4\0\0\0\0\0' # SETTINGS: the defaults
    # HEADERS of stream 1, 75 bytes: POST, http, and three written out in full.
    printf '\0\0\113\1\4\0\0\0\1\203\206'
    printf '\4\034/grpc.health.v1.Health/Check'
    printf '\1\011localhost'
    printf '\017\020\020application/grpc'
    printf '\0\2te\10trailers'
    # DATA: the length of what follows; one message, not compressed; its field 1, the name of the service.
    printf '\0\0' && byte $((length + 7)) && printf '\0\1\0\0\0\1'
    printf '\0\0\0\0' && byte $((length + 2)) && printf '\12' && byte "$length" && printf '%s' "$1"
}

# The connection stays open for a second: the server drops a call whose caller has gone.
{ request "$2"; sleep 1; } | timeout 3 nc 127.0.0.1 "$1" | xxd -p | tr -d '\n' | grep -q 00000000020801
