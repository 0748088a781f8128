"""How late a step may be after a fault: half of what stock Temporal was measured to take, or stated why."""

HALF_OF_STICKY = 5.0
"""Seconds. A stock worker's death makes the next workflow task 10 s late: the SDK's sticky queue timeout."""

HALF_OF_HEARTBEAT = 1.5
"""Seconds. A stock activity with a heartbeat timeout of 2 s begins again 3.0 s after its worker's death."""

NOBODY_LEFT = 10.0
"""Seconds. All workers are dead: what they held is given back at once, but a worker must start to take it."""

SUPERVISOR_GONE = 25.0
"""Seconds. Nobody is left to give back what was held: tasks wait for their timeouts (a workflow task's and a
store write's are 10 s each), and the supervisor must be started again."""

SERVER_GONE = 40.0
"""Seconds. A server that is killed forgets who polled; workers connect again with a pause that grows."""

STOCK = 60.0
"""Seconds. What a plain worker's death costs is shown, not bounded: only that it ends."""

NETWORK_GONE = 25.0
"""Seconds. A task that was lost on the way waits for its timeout (10 s); connections are made anew after a
pause that grows."""

STORE_GONE = 15.0
"""Seconds. A write gives up after 4 s at most, and is tried again after a pause that doubles from 0.2 s."""

FOREIGN = 30.0
"""Seconds. A foreign worker's own timeouts are not known; this long is plenty."""
