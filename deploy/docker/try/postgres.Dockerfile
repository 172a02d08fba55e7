# Stands in for postgres: Debian's server with the image's user, folder and settings.
ARG BASE
FROM ${BASE}
RUN useradd --uid 999 --user-group postgres \
 && apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null \
 && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ \
 && mkdir -p /var/lib/postgresql/data && chown -R 999:999 /var/lib/postgresql
COPY postgres-entrypoint.sh /entrypoint.sh
ENV PGDATA=/var/lib/postgresql/data
USER 999:999
ENTRYPOINT ["bash", "/entrypoint.sh"]
