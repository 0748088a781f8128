# temporalio/server, from source: busybox and the server, like the official image of Alpine.
FROM scratch
COPY root /
WORKDIR /etc/temporal
USER temporal
CMD ["/etc/temporal/entrypoint.sh"]
