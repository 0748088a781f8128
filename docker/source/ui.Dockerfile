# temporalio/ui, from source, with its own start script, which wants bash.
ARG BASE
FROM ${BASE}
COPY root /
RUN ln -s busybox /bin/wget \
    && groupadd --gid 1000 temporal && useradd --uid 1000 --gid temporal --create-home temporal \
    && chown -R temporal:temporal /home/ui-server
WORKDIR /home/ui-server
USER temporal
EXPOSE 8080
ENTRYPOINT ["./start-ui-server.sh"]
