# Stands in for grafana/grafana, which Debian does not have: it answers on Grafana's port, and nothing more.
ARG BASE
FROM ${BASE}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends busybox >/dev/null \
 && mkdir -p /www/api /var/lib/grafana && echo '{"standIn":true}' >/www/api/health && chown 472:0 /var/lib/grafana
USER 472:0
ENTRYPOINT ["busybox", "httpd", "-f", "-p", "3000", "-h", "/www"]
