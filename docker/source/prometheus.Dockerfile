# prom/prometheus, from Debian's package, which brings promtool. Debian 12 has 2.42: the label says so too.
ARG BASE
FROM ${BASE}
# /bin is /usr/bin: both programs are where the official image has them.
RUN apt-get -q update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends prometheus \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /etc/prometheus/* \
    && ln -sf busybox /bin/wget \
    && install -d -o nobody -g nogroup -m 755 /prometheus
WORKDIR /prometheus
USER nobody
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
