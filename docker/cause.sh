#!/bin/sh
# Reads a service's log and prints the one line that says best why the service does not work: the last that names a
# cause somebody can mend, else the last that tells of an error, else the last. An empty log gives nothing.
exec awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    # How the server lists its own parts, and its stack traces, around the error.
    /^\[Fx\]/ || /^\t/ || /could not build arguments|failed to build|received non-nil/ { next }
    # Its structured lines have the cause in a field.
    match($0, /"error": *"/) {
        $0 = substr($0, RSTART + RLENGTH)
        sub(/", *"(logging-call-at|stacktrace)".*/, "")
        gsub(/\\"/, "\"")
    }
    { sub(/^[0-9-]+ [0-9:.]+ [A-Z]+ \[[0-9]+\] /, "") } # the time and process of PostgreSQL
    /[^ ]/ { last = $0 }
    tolower($0) ~ /error|fatal|panic|failed|unable|refused/ { told = $0 }
    tolower($0) ~ /password authentication failed|no space left|no such file|permission denied|not permitted/ { cause = $0 }
    END {
        line = cause != "" ? cause : told != "" ? told : last
        sub(/^ +/, "", line)
        sub(/^error: /, "", line)
        if (line != "") print line
    }
'
