"""gRPC over HTTP/2, both ends, for unary calls of bytes: all that a gateway needs of it.

`frames` cuts and packs, `headers` encodes, `messages` wraps; `connection` is what both ends share, `server`
and `client` are the ends, `listening` is a port of servers, `channel` a client that connects again. ADR-010
says why no library does it.
"""
