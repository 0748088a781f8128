# temporalio/admin-tools, from source: busybox, the schema tool with its schemas, and Temporal's CLI.
FROM scratch
COPY root /
USER temporal
CMD ["sh", "-c", "trap exit INT HUP TERM; sleep infinity & wait"]
